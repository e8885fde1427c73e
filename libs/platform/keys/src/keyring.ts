/** A destroyed key, without anything secret: what a restored backup must destroy again before it is used. */
export type Shredded =
  | { readonly kind: 'person'; readonly personId: string; readonly at: string }
  | {
      readonly kind: 'text';
      readonly stream: string;
      readonly eventId: string;
      readonly others: readonly string[];
      readonly at: string;
    };

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
  /**
   * Destroys the key of one event's text; `others` are the ids of all other events of the stream that must stay
   * readable. Call it once the redaction itself is in the log, with the ids up to that event. Events that this process
   * sealed in the last minutes stay readable too, listed or not. With several processes, an event that another one
   * seals while this runs must be sealed again by who appends it.
   */
  redactText(stream: string, eventId: string, others: readonly string[]): Promise<void>;
  /** Wraps a random key (of a stored object) under the current master key version, and opens it again. */
  wrap(key: Buffer): string;
  unwrap(wrapped: string): Buffer;
  /** HMAC-SHA256 (hex) of a value under a key of the installation, for claims and look-ups of personal values. */
  fingerprint(value: string): string;
  close(): Promise<void>;
}

/** A keyring as the process that runs it sees it: with its shred ledger and its cache. */
export interface ManagedKeyring extends Keyring {
  /** Everything that was ever destroyed. */
  shredLedger(): Promise<Shredded[]>;
  /** Destroys again what the ledger names; repeating it is harmless. To be called on a restored key store before use. */
  applyLedger(entries: readonly Shredded[]): Promise<void>;
  /** Signs a text with the installation's Ed25519 key, which is the same for ever. Both answers are base64. */
  sign(text: string): { readonly signature: string; readonly publicKey: string };
  /** Forgets unwrapped keys in memory, when another process destroyed some. Without it that takes up to 10 s. */
  dropCache(): void;
}
