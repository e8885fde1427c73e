import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory, syncDirectory } from '@casebook/sqlite';
import type { EventStore } from '../event-store';
import { EMPTY_HEAD, verifyTail, type HeadCheckpoint, type Verdict } from './verify-log';

/**
 * The global head, remembered in a small file, so that a start checks only what came after it. The file is not
 * signed: it saves time at the start and finds damage, it does not stop somebody who rewrites file and log together.
 */
export class GlobalHead {
  #at: HeadCheckpoint;
  #running: Promise<unknown> = Promise.resolve();
  #lastCheck: { readonly at: Date; readonly verdict: Verdict } | undefined;

  /** `file` may be missing; then the first check goes through the whole log. */
  constructor(
    private readonly store: EventStore,
    private readonly file: string,
    /** Keeps each checkpoint elsewhere as well, signed. */
    private readonly keep: (head: HeadCheckpoint) => Promise<void> | void = () => undefined,
  ) {
    this.#at = readCheckpoint(file);
  }

  /** The head as far as it was checked. */
  get current(): HeadCheckpoint {
    return this.#at;
  }

  /** What the last check of this process found, and when. */
  get lastCheck(): { readonly at: Date; readonly verdict: Verdict } | undefined {
    return this.#lastCheck;
  }

  /** Checks everything after the current head and moves it on, up to the end or to the first finding. */
  async verifyTail(): Promise<Verdict> {
    return this.#alone(async () => {
      const verdict = await verifyTail(this.store, this.#at);
      if (verdict.head) this.#at = verdict.head;
      this.#lastCheck = { at: new Date(), verdict };
      return verdict;
    });
  }

  /** Checks the tail and writes the head to the file, on disk when it answers. With a finding it stops before that. */
  async checkpoint(): Promise<Verdict> {
    const verdict = await this.verifyTail();
    return this.#alone(async () => {
      writeCheckpoint(this.file, this.#at);
      await this.keep(this.#at);
      return verdict;
    });
  }

  /** One check at a time: two would both start from the same head. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#running.then(work);
    this.#running = turn.catch(() => undefined);
    return turn;
  }
}

/** The checkpoint in a file; the empty head when there is none that can be read. */
export function readCheckpoint(file: string): HeadCheckpoint {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return EMPTY_HEAD;
  }
  return isCheckpoint(value) ? value : EMPTY_HEAD;
}

function isCheckpoint(value: unknown): value is HeadCheckpoint {
  if (typeof value !== 'object' || value === null) return false;
  const { position, count, head } = value as Partial<Record<keyof HeadCheckpoint, unknown>>;
  const empty = position === undefined && count === 0 && head === '';
  return empty || (typeof position === 'string' && Number.isSafeInteger(count) && typeof head === 'string');
}

function writeCheckpoint(file: string, checkpoint: HeadCheckpoint): void {
  makeDirectory(dirname(file));
  const next = `${file}.new`;
  const handle = openSync(next, 'w');
  try {
    writeFileSync(handle, `${JSON.stringify(checkpoint)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, file);
  syncDirectory(dirname(file));
}
