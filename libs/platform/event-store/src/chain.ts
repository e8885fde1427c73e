import { hash as digest } from 'node:crypto';
import type { EventToStore } from './event-store';

/** What a link of the chain covers: an event as it is stored, its metadata still (or again) without the hash. */
export interface Link extends EventToStore {
  readonly stream: string;
  readonly revision: number;
}

/**
 * Hash of an event: hex SHA-256 over the hash of the event before it in the stream (empty for the first) and the
 * fields as stored, each preceded by its length in bytes and a colon. docs/audit.md shows it by example.
 */
export function chainHash(previous: string, link: Link): string {
  const { stream, revision, id, type, data, metadata } = link;
  return digest(
    'sha256',
    previous + lp(stream) + lp(revision.toString()) + lp(id) + lp(type) + lp(data) + lp(metadata),
    'hex',
  );
}

function lp(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}

/** The global head after one more event: hex SHA-256 over the head before it (empty at the start) and its hash. */
export function nextHead(head: string, hash: string): string {
  return digest('sha256', head + hash, 'hex');
}

const KEY = ',"hash":"';
const HASH = /^[0-9a-f]{64}$/;
const TAIL = KEY.length + 64 + 2;

/** Puts the hash at the end of the metadata's JSON, whose other bytes stay as they were hashed. */
export function withHash(metadata: string, hash: string): string {
  return `${metadata.slice(0, -1)},"hash":"${hash}"}`;
}

/** Takes stored metadata apart into what was hashed and the hash; undefined when there is none at its end. */
export function splitHash(stored: string): { metadata: string; hash: string } | undefined {
  const tail = stored.slice(-TAIL);
  const hash = tail.slice(KEY.length, -2);
  if (!tail.startsWith(KEY) || !tail.endsWith('"}') || !HASH.test(hash)) return undefined;
  return { metadata: `${stored.slice(0, -TAIL)}}`, hash };
}
