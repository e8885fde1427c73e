import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Position } from '@casebook/kernel';
import { nextHead } from '../chain';
import type { EventStore, StoredEvent } from '../event-store';
import { ChainCheck, endsFrom, type Finding } from './chain-check';

/** The global head at a position: G over the hashes of the first `count` events. */
export interface HeadCheckpoint {
  /** Of the last event that G covers; absent for the empty log. */
  readonly position?: Position;
  readonly count: number;
  /** Hex; empty for the empty log. */
  readonly head: string;
}

/** Events that are checked before other work gets its turn. */
const PAGE = 250;

export const EMPTY_HEAD: HeadCheckpoint = { count: 0, head: '' };

export interface Verdict {
  readonly ok: boolean;
  /** Events and streams that were checked. */
  readonly events: number;
  readonly streams: number;
  /** The global head after the last sound event; absent when one stream alone was checked. */
  readonly head?: HeadCheckpoint;
  /** Empty when all is well; else the first bad event, and what the engine's own check says. */
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  /** Checks this stream alone. */
  readonly stream?: string;
  /** A head that the log must reach at its position. */
  readonly checkpoint?: HeadCheckpoint;
}

/** Checks the chain of every stream, or of one, and the global head; stops at the first bad event. */
export async function verifyLog(store: EventStore, options: VerifyOptions = {}): Promise<Verdict> {
  const { stream, checkpoint } = options;
  const check = new ChainCheck();
  if (stream !== undefined) return verifyStream(store, stream, check);
  const { finding, head } = await followLog(store, check, EMPTY_HEAD, checkpoint);
  return verdict(head.count, check, finding, head);
}

/** Checks what came after `since`, whose head is taken as sound, and that the log still reaches it. */
export async function verifyTail(store: EventStore, since: HeadCheckpoint): Promise<Verdict> {
  const check = new ChainCheck(endsFrom(store));
  const cut = await missingSince(store, since);
  if (cut) return verdict(0, check, cut, since);
  const { finding, head } = await followLog(store, check, since);
  return verdict(head.count - since.count, check, finding, head);
}

async function verifyStream(store: EventStore, stream: string, check: ChainCheck): Promise<Verdict> {
  let events = 0;
  try {
    for (;;) {
      const page = await store.read(stream, { from: events, limit: PAGE });
      if (page.length === 0) return verdict(events, check);
      for (const event of page) {
        const step = await check.follow(event);
        if ('finding' in step) return verdict(events, check, step.finding);
        events += 1;
      }
      await nextTurn();
    }
  } catch (error) {
    return verdict(events, check, unreadable(error, `Stream ${stream} cannot be read after ${events} events`));
  }
}

/** Follows the log from `since` to its end or to the first finding. */
async function followLog(
  store: EventStore,
  check: ChainCheck,
  since: HeadCheckpoint,
  expected?: HeadCheckpoint,
): Promise<{ head: HeadCheckpoint; finding?: Finding }> {
  let at = since;
  try {
    for (;;) {
      const page = await store.readAll({ after: at.position, limit: PAGE });
      if (page.length === 0) break;
      for (const event of page) {
        const step = await check.follow(event);
        if ('finding' in step) return { head: at, finding: step.finding };
        at = advance(at, event, step.hash);
        const finding = expected && differs(at, expected);
        if (finding) return { head: at, finding };
      }
      await nextTurn();
    }
  } catch (error) {
    return { head: at, finding: unreadable(error, `The log cannot be read after position ${at.position ?? 'none'}`) };
  }
  return expected && at.count < expected.count ? { head: at, finding: tooShort(at, expected) } : { head: at };
}

function advance({ count, head }: HeadCheckpoint, event: StoredEvent, hash: string): HeadCheckpoint {
  return { position: event.position, count: count + 1, head: nextHead(head, hash) };
}

/** Compares at the position of the checkpoint, or at its count, whichever is met first. */
function differs(at: HeadCheckpoint, expected: HeadCheckpoint): Finding | undefined {
  if (at.position !== expected.position && at.count !== expected.count) return undefined;
  if (at.position === expected.position && at.count === expected.count && at.head === expected.head) return undefined;
  return {
    kind: 'head',
    message: `At position ${at.position ?? 'none'} the log has ${at.count} events and the head ${at.head}; the checkpoint of position ${expected.position ?? 'none'} has ${expected.count} and ${expected.head}. Whole events were removed, added or written anew.`,
    ...(at.position !== undefined && { position: at.position }),
  };
}

function tooShort(at: HeadCheckpoint, expected: HeadCheckpoint): Finding {
  return {
    kind: 'head',
    message: `The log ends after ${at.count} events at position ${at.position ?? 'none'}, but its checkpoint covers ${expected.count} up to position ${expected.position ?? 'none'}: its end was cut off.`,
  };
}

async function missingSince(store: EventStore, since: HeadCheckpoint): Promise<Finding | undefined> {
  if (since.position === undefined) return undefined;
  const end = await store.end();
  if (end !== undefined && end >= since.position) return undefined;
  return {
    kind: 'head',
    message: `The log ends at position ${end ?? 'none'}, before its checkpoint of ${since.count} events at ${since.position}: its end was cut off, or the checkpoint belongs to another log.`,
  };
}

function unreadable(error: unknown, what: string): Finding {
  return { kind: 'unreadable', message: `${what}: ${error instanceof Error ? error.message : String(error)}.` };
}

function verdict(events: number, check: ChainCheck, finding?: Finding, head?: HeadCheckpoint): Verdict {
  return { ok: !finding, events, streams: check.streams, ...(head && { head }), findings: finding ? [finding] : [] };
}
