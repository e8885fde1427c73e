import type { CanAction, CanNeed, Entry, Severity, Side, Stage, TicketProduct } from '../api/types';

/** What each kind of entry carries. Texts are null after erasure. */
interface EntryData {
  opened: {
    readonly type: 'issue' | 'task';
    readonly severity?: Severity;
    readonly description: string | null;
    readonly environment?: string | null;
    readonly impact?: string | null;
    readonly stepsTaken?: string | null;
    readonly products: readonly TicketProduct[];
    readonly followUpOf?: { readonly number: string };
  };
  reply: { readonly body: string | null; readonly owes: Side };
  note: { readonly body: string | null };
  attachment: {
    readonly attachmentId: string;
    readonly fileName: string | null;
    readonly size: number;
    readonly contentType: string;
    readonly sha256: string;
  };
  assigned: { readonly assignee: string; readonly previous?: string; readonly how: 'took' | 'assigned' | 'handover' };
  handover_offered: { readonly handoverId: string; readonly to: string; readonly note: string | null };
  handover_declined: { readonly handoverId: string; readonly note?: string | null };
  severity: { readonly from: Severity; readonly to: Severity; readonly reason: string | null };
  stage: { readonly from: Stage; readonly to: Stage; readonly reason?: string | null };
  can_report: {
    readonly reportId: string;
    readonly sequence: number;
    readonly conditions: string | null;
    readonly impact?: string | null;
    readonly since?: string;
    readonly actions: readonly CanAction[];
    readonly needs: readonly (CanNeed & { readonly carried?: boolean })[];
    readonly nextReportDue?: string;
  };
  need_met: { readonly reportId: string; readonly n: number; readonly text: string | null };
  workaround_proposed: { readonly workaroundId: string; readonly body: string | null };
  workaround_accepted: { readonly workaroundId: string };
  workaround_declined: { readonly workaroundId: string; readonly reason: string | null };
  workaround_applied: { readonly workaroundId: string };
  workaround_worked: { readonly workaroundId: string };
  workaround_failed: { readonly workaroundId: string; readonly reason?: string | null };
  resolution_proposed: {
    readonly resolutionId: string;
    readonly symptoms: string | null;
    readonly rootCause: string | null;
    readonly steps: string | null;
  };
  resolution_accepted: { readonly resolutionId: string };
  resolution_rejected: { readonly resolutionId: string; readonly reason: string | null };
  withdrawn: { readonly reason: string | null };
  closed: { readonly code: string; readonly reason: string | null };
  reopened: { readonly reason: string | null };
  follow_up: { readonly number: string };
}

export type EntryKind = keyof EntryData;
type Of<K extends EntryKind> = Omit<Entry, 'kind' | 'data'> & { readonly kind: K; readonly data: EntryData[K] };
/** An entry whose kind this portal knows, with its data typed by kind. */
export type KnownEntry = { [K in EntryKind]: Of<K> }[EntryKind];
export type EntryOf<K extends EntryKind> = Extract<KnownEntry, { kind: K }>;

const MESSAGES = new Set<string>([
  'opened',
  'reply',
  'note',
  'handover_offered',
  'can_report',
  'workaround_proposed',
  'resolution_proposed',
] satisfies EntryKind[]);

/** The entry typed by its kind. The API is the only source of entries, so its word on the kind is taken. */
export function known(entry: Entry): KnownEntry {
  return entry as unknown as KnownEntry;
}

/** True for entries drawn as sheets; all others are one line on the ground. */
export function isMessage(entry: Entry): boolean {
  return MESSAGES.has(entry.kind);
}

export function isKind<K extends EntryKind>(entry: Entry, kind: K): entry is Entry & EntryOf<K> {
  return entry.kind === kind;
}

/** Order of entry numbers: 7 < 7a < 7z < 7aa < 8. */
export function compareNumbers(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  return (
    left.digits - right.digits ||
    left.letters.length - right.letters.length ||
    (left.letters < right.letters ? -1 : left.letters > right.letters ? 1 : 0)
  );
}

function parts(number: string): { digits: number; letters: string } {
  const digits = /^\d+/.exec(number)?.[0] ?? '0';
  return { digits: Number(digits), letters: number.slice(digits.length) };
}
