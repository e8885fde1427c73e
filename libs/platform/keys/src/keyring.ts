/**
 * The key store, apart from everything else. Keys are 32 bytes, wrapped by the master key at rest, and durable
 * before `ensure…` answers. A destroyed key never comes back: its reference stays in the shred ledger.
 *
 * Personal fields are sealed under a person's key, free text under a key per event that is derived from the text
 * key of its stream (so that one message can be redacted alone).
 */
export interface Keyring {
  /** The person's key, or undefined when it does not exist or was destroyed. */
  personKey(personId: string): Promise<Buffer | undefined>;
  /** The person's key, made when there is none; undefined only when it was destroyed. */
  ensurePersonKey(personId: string): Promise<Buffer | undefined>;
  /** The key of one event's text: HMAC-SHA256(text key of the stream, event id); undefined when destroyed or redacted. */
  textKey(stream: string, eventId: string): Promise<Buffer | undefined>;
  /** The same, making the stream's text key when there is none. */
  ensureTextKey(stream: string, eventId: string): Promise<Buffer | undefined>;
  /** Destroys a person's key for ever. */
  destroyPersonKey(personId: string): Promise<void>;
  /** Destroys the key of one event's text; `others` are the ids of all other events of the stream that must stay readable. */
  redactText(stream: string, eventId: string, others: readonly string[]): Promise<void>;
  /** Wraps a random key (of a stored object) under the current master key version, and opens it again. */
  wrap(key: Buffer): string;
  unwrap(wrapped: string): Buffer;
  /** HMAC-SHA256 (hex) of a value under an installation key, for claims and look-ups of personal values. */
  fingerprint(value: string): string;
  close(): Promise<void>;
}
