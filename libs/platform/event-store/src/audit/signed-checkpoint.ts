import { createPublicKey, verify } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '@casebook/kernel';
import type { ManagedKeyring } from '@casebook/keys';
import { makeDirectory } from '@casebook/sqlite';
import { nextHead, splitHash } from '../chain';
import type { EventStore } from '../event-store';
import type { Finding } from './chain-check';
import { EMPTY_HEAD, type HeadCheckpoint } from './verify-log';

/** A global head that the installation vouched for, to be kept where the log is not. */
export interface SignedCheckpoint {
  /** ISO time of the signature. */
  readonly at: string;
  readonly count: number;
  readonly head: string;
  /** Ed25519, SPKI in base64. */
  readonly publicKey: string;
  /** Base64, over `signedText`. */
  readonly signature: string;
}

/**
 * What is signed: count and head, and when. The position is not in it, since it changes with the store that the log
 * moves to; the head does not.
 */
function signedText({ at, count, head }: Pick<SignedCheckpoint, 'at' | 'count' | 'head'>): string {
  return `casebook checkpoint 1\n${at}\n${count}\n${head}\n`;
}

/** Signs a head with the installation's key. */
export function signCheckpoint(
  { count, head }: Pick<HeadCheckpoint, 'count' | 'head'>,
  at: Date,
  keyring: Pick<ManagedKeyring, 'sign'>,
): SignedCheckpoint {
  const stated = { at: at.toISOString(), count, head };
  return { ...stated, ...keyring.sign(signedText(stated)) };
}

/** Adds a checkpoint to this month's file in a directory, one a line, on disk when it answers. */
export function keepCheckpoint(directory: string, checkpoint: SignedCheckpoint): void {
  makeDirectory(directory);
  const file = openSync(join(directory, `checkpoints-${checkpoint.at.slice(0, 7)}.ndjson`), 'a', 0o600);
  try {
    writeSync(file, `${JSON.stringify(checkpoint)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Checks that the log still goes through every checkpoint of a file, and that each was signed by `publicKey`, or
 * without it by one and the same key. Answers the first finding, or none. DomainError `invalid` for a line that is no
 * checkpoint.
 */
export async function checkCheckpoints(
  store: EventStore,
  lines: readonly string[],
  publicKey?: string,
): Promise<{ readonly checked: number; readonly publicKey?: string; readonly finding?: Finding }> {
  const checkpoints = lines.filter((line) => line.trim() !== '').map((line, index) => parse(line, index + 1));
  const key = publicKey ?? checkpoints[0]?.publicKey;
  const forged = checkpoints.find((checkpoint) => checkpoint.publicKey !== key || !isSigned(checkpoint));
  if (forged) {
    const message = `The checkpoint of ${forged.at} over ${forged.count} events was not signed by this key.`;
    return { checked: 0, finding: { kind: 'head', message } };
  }
  const finding = await firstMissed(
    store,
    checkpoints.toSorted((a, b) => a.count - b.count),
  );
  return { checked: checkpoints.length, ...(key !== undefined && { publicKey: key }), ...(finding && { finding }) };
}

function isSigned(checkpoint: SignedCheckpoint): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(checkpoint.publicKey, 'base64'), format: 'der', type: 'spki' });
    return verify(null, Buffer.from(signedText(checkpoint)), key, Buffer.from(checkpoint.signature, 'base64'));
  } catch {
    return false;
  }
}

/** Walks the log once, and answers the first checkpoint that it does not go through. */
async function firstMissed(store: EventStore, checkpoints: readonly SignedCheckpoint[]): Promise<Finding | undefined> {
  let { position, count, head }: HeadCheckpoint = EMPTY_HEAD;
  let next = 0;
  for (;;) {
    for (; checkpoints[next]?.count === count; next++) {
      const checkpoint = checkpoints[next];
      if (checkpoint && checkpoint.head !== head) return missed(checkpoint, `the log has another head there (${head})`);
    }
    if (next >= checkpoints.length) return undefined;
    const page = await store.readAll({
      after: position,
      limit: Math.min(500, (checkpoints[next]?.count ?? 0) - count),
    });
    if (page.length === 0) {
      const checkpoint = checkpoints[next];
      return checkpoint && missed(checkpoint, `the log ends after ${count} events: its end was cut off`);
    }
    for (const event of page) {
      head = nextHead(head, splitHash(event.metadata)?.hash ?? '');
      count += 1;
      position = event.position;
    }
  }
}

function missed({ at, count }: SignedCheckpoint, what: string): Finding {
  return { kind: 'head', message: `The checkpoint of ${at} covers ${count} events, but ${what}.` };
}

function parse(line: string, number: number): SignedCheckpoint {
  let value: Partial<Record<keyof SignedCheckpoint, unknown>> = {};
  try {
    value = (JSON.parse(line) ?? {}) as typeof value;
  } catch {
    // Said below.
  }
  const { at, count, head, publicKey, signature } = value;
  const texts = [at, head, publicKey, signature].every((text) => typeof text === 'string');
  if (!texts || !Number.isSafeInteger(count))
    throw new DomainError('invalid', 'audit.checkpoint', `Line ${number} is not a signed checkpoint.`);
  return value as SignedCheckpoint;
}
