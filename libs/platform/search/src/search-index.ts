import type { RecordedEvent } from '@casebook/kernel';
import type { Scope } from '@casebook/read-model';

/** Full-text search over everything that sources put into it. */
export interface SearchIndex {
  /**
   * What contains all words of `text`, the last one also as the beginning of a word; accents and case do not matter.
   * `text` is what a person typed: it holds no syntax, and no text is an error. A reference (`CB-1042`, `1042`) finds
   * its document first. Text without a letter or digit finds nothing. Throws DomainError `forbidden` for a scope by
   * which search is not cut, `invalid` for a limit or cursor that is not one, `unavailable` while the index is filled.
   */
  search(scope: Scope, text: string, options?: SearchOptions): Promise<SearchPage>;
}

export interface SearchOptions {
  /** Default 20, at most 100. */
  readonly limit?: number;
  /** Cursor of the page before. */
  readonly after?: string;
  /** Only documents of these kinds. */
  readonly kinds?: readonly string[];
}

export interface SearchPage {
  readonly items: readonly SearchHit[];
  /** Absent on the last page, and after 1,000 hits: nobody reads on from there. */
  readonly nextCursor?: string;
}

export interface SearchHit {
  readonly kind: string;
  readonly id: string;
  /** The id of what it belongs to: the ticket of a timeline entry. */
  readonly of?: string;
  readonly ref?: string;
  readonly title: MarkedText;
  /** A piece of the body around what was found, or its beginning. */
  readonly excerpt: MarkedText;
  /** Higher is better; comparable within one answer only. */
  readonly score: number;
}

/** Text with the places that were searched for, as UTF-16 offsets, end exclusive. The caller renders the marks. */
export interface MarkedText {
  readonly text: string;
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

/** One document of the index. Texts are null when their keys were destroyed. */
export interface SearchDocument {
  readonly kind: string;
  readonly id: string;
  readonly of?: string;
  /** The company that may read it besides staff; null for what every company may read. */
  readonly company: string | null;
  /** `internal`: staff only. `customer`: the company too. `public`: everyone. */
  readonly audience: 'internal' | 'customer' | 'public';
  /** A short name people type, such as a ticket number. */
  readonly ref?: string;
  readonly title: string | null;
  readonly body: string | null;
}

/** What an event means for the index. A put replaces the document of the same kind and id. */
export type SearchChange =
  | { readonly put: SearchDocument }
  | { readonly remove: { readonly kind: string; readonly id: string } }
  /** Removes everything that belongs to an id. */
  | { readonly removeOf: string };

/** Turns one context's events into changes of the index: a pure function, like a projection. */
export interface SearchSource {
  readonly name: string;
  /** Raise it when `changes` changes: the index is filled anew. */
  readonly version: number;
  /** Stored event types it wants. */
  readonly handles: readonly string[];
  changes(event: RecordedEvent): readonly SearchChange[];
}
