import { createHash } from 'node:crypto';
import {
  actorId,
  type Actor,
  type Command,
  type DomainEvent,
  type Position,
  type RecordedEvent,
} from '@casebook/kernel';

/** A command on its way to one aggregate, with all that its handling needs to know besides the command itself. */
export interface Envelope<C extends Command = Command> {
  /** The aggregate's id (without the stream's prefix). */
  readonly id: string;
  readonly command: C;
  readonly actor: Actor;
  /** The same id is the same command: a repeat is answered from what was recorded. */
  readonly commandId: string;
  /** SHA-256 of the request body; the same command id with another digest is refused. */
  readonly bodyDigest?: string;
  /** Versions the sender would act on; when the aggregate has moved on, nothing is done and the answer is `stale`. */
  readonly ifMatch?: readonly string[];
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly onBehalfOf?: string;
  /** ISO time of the events, for demo data and imports; default is the clock's. */
  readonly now?: string;
}

export interface CommandResult<S, E extends DomainEvent = DomainEvent> {
  /** What this command recorded; empty when there was nothing to do. */
  readonly events: readonly RecordedEvent<E>[];
  readonly state: S;
  readonly revision: number | 'no-stream';
  /** Position of the command's last event; absent when it recorded none. */
  readonly position?: Position;
  /** True when the command had been handled before and is answered again. */
  readonly repeated: boolean;
}

const NAMESPACE = Buffer.from('8f1f3c1a5e0b4c3b9c1d6a2f7e4d5b60', 'hex');

/** UUIDv5 of the parts: the same parts give the same id, on every instance and after every restart. */
export function stableId(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(NAMESPACE).update(parts.join('\u0000')).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Id of a command that a client named by an idempotency key: one per actor (in one company), method, path and key. */
export function keyedCommandId(actor: Actor, method: string, path: string, key: string): string {
  const company = actor.kind === 'customer' ? actor.companyId : '';
  return stableId(actorId(actor), company, method, path, key);
}
