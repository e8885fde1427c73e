import { setTimeout as delay } from 'node:timers/promises';
import type { StateStore } from './state-store';

const SPACE = 'lease';
const TTL_MS = 8_000;

export interface LeaseOptions {
  readonly state: StateStore;
  /** What is leased: one owner per name. */
  readonly name: string;
  /** This process, as the status page names it. */
  readonly holder: string;
  /** Ends the wait for the lease, or the work under it. */
  readonly signal: AbortSignal;
  /** An owner that has not renewed for so long has lost it; default 8 s. Others look four times as often. */
  readonly ttlMs?: number;
  /** Told of what failed and is tried again. */
  readonly onProblem?: (message: string, error: unknown) => void;
}

/** Work under a lease. It has to end soon after `lost` aborts; whatever it writes later carries an outdated epoch. */
export type LeasedWork = (epoch: number, lost: AbortSignal) => Promise<void>;

interface Lease {
  readonly holder: string;
}

/**
 * Waits for a lease and does `work` while this process holds it, again after each loss, until `signal` aborts. Epochs
 * grow from owner to owner. No clock is compared with another one: a lease is taken over when its record has not
 * changed for its whole time as the waiting process measures it, so clocks may differ and a paused owner is outrun.
 */
export async function whileLeased(options: LeaseOptions, work: LeasedWork): Promise<void> {
  const { signal, ttlMs = TTL_MS, onProblem = () => undefined } = options;
  let seen: Sighting | undefined;
  while (!signal.aborted) {
    try {
      const found = await acquire(options, seen);
      seen = found.seen;
      if (found.epoch !== undefined) await hold(options, found.epoch, work);
    } catch (error) {
      onProblem(`The lease on ${options.name} is tried again`, error);
    }
    await delay(ttlMs / 4, undefined, { signal }).catch(() => undefined);
  }
}

/** Does `work` once, when no other process does it at the same time. */
export async function onceLeased(options: LeaseOptions, work: () => Promise<void>): Promise<void> {
  const done = new AbortController();
  let failure: { error: unknown } | undefined;
  await whileLeased({ ...options, signal: AbortSignal.any([options.signal, done.signal]) }, async () => {
    try {
      await work();
    } catch (error) {
      failure = { error };
    }
    done.abort();
  });
  if (failure) throw failure.error;
}

/** Who holds a lease now, and since which epoch its record has not moved; undefined when it is free. */
export async function leaseHolder(state: StateStore, name: string): Promise<string | undefined> {
  return (await state.get<Lease>(SPACE, name))?.value.holder;
}

/**
 * True for exactly one of all processes that ask for the same slot of a repeated job, whatever their clocks say.
 * `slot` is its due time; the claim is kept for a day, longer than clocks differ.
 */
export async function claimSlot(state: StateStore, job: string, slot: Date, holder: string): Promise<boolean> {
  const claimed = await state.insert('slot', `${job}/${slot.toISOString()}`, { holder }, { ttlSeconds: 86_400 });
  return claimed !== undefined;
}

interface Sighting {
  readonly version: number;
  /** When this version was first seen, by this process's own monotonic clock. */
  readonly since: number;
}

async function acquire(
  { state, name, holder, ttlMs = TTL_MS }: LeaseOptions,
  seen: Sighting | undefined,
): Promise<{ epoch?: number | undefined; seen?: Sighting }> {
  const lease: Lease = { holder };
  const now = performance.now();
  const record = await state.get<Lease>(SPACE, name);
  if (!record) return { epoch: await state.insert(SPACE, name, lease) };
  if (seen?.version !== record.version) return { seen: { version: record.version, since: now } };
  if (now - seen.since < ttlMs) return { seen };
  return { epoch: await state.put(SPACE, name, lease, record.version) };
}

async function hold(options: LeaseOptions, epoch: number, work: LeasedWork): Promise<void> {
  const { state, name, signal } = options;
  const lost = new AbortController();
  const ended = new AbortController();
  const renewal = renew(options, epoch, lost, ended.signal);
  try {
    await work(epoch, AbortSignal.any([signal, lost.signal]));
  } finally {
    ended.abort();
    const version = await renewal;
    if (!lost.signal.aborted) await state.delete(SPACE, name, version);
  }
}

/** Renews until the work has ended or the lease is lost; answers the last version of its record. */
async function renew(
  { state, name, holder, ttlMs = TTL_MS, onProblem = () => undefined }: LeaseOptions,
  epoch: number,
  lost: AbortController,
  ended: AbortSignal,
): Promise<number> {
  let version = epoch;
  let renewed = performance.now();
  // Apart from the renewals, since one of them may hang; well before another process takes over.
  const watch = setInterval(() => {
    if (performance.now() - renewed > (ttlMs * 2) / 3) lost.abort();
  }, ttlMs / 8).unref();
  while (!lost.signal.aborted) {
    await delay(ttlMs / 4, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted) break;
    const sent = performance.now();
    try {
      const next = await state.put(SPACE, name, { holder } satisfies Lease, version);
      if (next === undefined) lost.abort();
      else {
        version = next;
        renewed = sent;
      }
    } catch (error) {
      onProblem(`The lease on ${name} could not be renewed`, error);
    }
  }
  clearInterval(watch);
  return version;
}
