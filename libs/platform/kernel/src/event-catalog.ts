/**
 * What the log must know of an event type: which of its strings are sealed, and for whom.
 * Paths are dotted; `[]` goes through an array: `actions[].text`.
 */
export interface EventType {
  /** Path → `'text'` (the stream's text key, derived per event) or `{ person }`: path of the person id in the same data. */
  readonly sealed: Readonly<Record<string, 'text' | { readonly person: string }>>;
  /** Paths of strings that lie open on purpose: ids, codes, times, enumerations. A string in neither list fails a test and an append. */
  readonly plain: readonly string[];
  /** Turns an older stored shape into the current event; absent for current shapes. Given and giving opened data. */
  readonly upcast?: (data: unknown) => { readonly type: string; readonly data: unknown };
}

/** All event types of the installation by stored name. */
export type EventCatalog = Readonly<Record<string, EventType>>;
