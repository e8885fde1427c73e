import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { StateStore } from '@casebook/state';
import { LRUCache } from 'lru-cache';
import type { KeyWrap } from './key-wrap';
import { KEY_BYTES } from './master-key';
import { RecordCache } from './record-cache';

interface Stored {
  /** The key that event keys are derived from. */
  readonly wrapped: string;
  /** After a redaction: the derived keys of the events that were there before, as one wrapped JSON object. */
  readonly kept?: string;
  readonly redacted?: readonly string[];
}

interface Opened {
  /** As a KeyObject: Node 24 takes four times longer to accept a Buffer as a key. */
  readonly key: KeyObject;
  readonly kept: ReadonlyMap<string, Buffer>;
  readonly redacted: ReadonlySet<string>;
}

const RECENT_MAX = 20_000;
const RECENT_MS = 10 * 60_000;

/**
 * One text key per stream, from which each event's key is derived and never stored. A redaction replaces the text key
 * by a fresh one and stores the derived keys of all other events.
 */
export class TextKeys {
  private readonly records: RecordCache<Stored, Opened>;
  /** Events sealed lately: they may be in the log although a redaction does not list them yet. */
  private readonly recent = new LRUCache<string, { stream: string; eventId: string }>({
    max: RECENT_MAX,
    ttl: RECENT_MS,
  });

  constructor(
    state: StateStore,
    private readonly keyWrap: KeyWrap,
    exclusive = false,
  ) {
    this.records = new RecordCache(state, (reference, stored) => open(keyWrap, reference, stored), exclusive);
  }

  async get(stream: string, eventId: string): Promise<Buffer | undefined> {
    const opened = await this.records.read(referenceOf(stream));
    return opened && eventKey(opened, eventId);
  }

  async ensure(stream: string, eventId: string): Promise<Buffer | undefined> {
    const reference = referenceOf(stream);
    for (;;) {
      const found = await this.records.readStored(reference);
      if (found) {
        this.recent.set(`${reference} ${eventId}`, { stream, eventId });
        return eventKey(found.opened, eventId);
      }
      await this.records.write(reference, { wrapped: this.keyWrap.wrap(randomBytes(KEY_BYTES), reference) });
    }
  }

  async redact(stream: string, eventId: string, others: readonly string[]): Promise<void> {
    const reference = referenceOf(stream);
    for (;;) {
      const found = await this.records.readStored(reference);
      if (found?.opened.redacted.has(eventId) === true) return;
      const stored = this.redacted(reference, found?.opened, eventId, [...others, ...this.recentOf(stream)]);
      if (await this.records.write(reference, stored, found?.version)) return;
    }
  }

  dropCache(): void {
    this.records.dropAll();
  }

  private redacted(reference: string, before: Opened | undefined, eventId: string, others: readonly string[]): Stored {
    const redacted = [...(before?.redacted ?? []), eventId];
    const kept: Record<string, string> = {};
    for (const id of new Set([...(before?.kept.keys() ?? []), ...others])) {
      const key = redacted.includes(id) || !before ? undefined : eventKey(before, id);
      if (key) kept[id] = key.toString('base64');
    }
    return {
      wrapped: this.keyWrap.wrap(randomBytes(KEY_BYTES), reference),
      kept: this.keyWrap.wrap(Buffer.from(JSON.stringify(kept)), keptOf(reference)),
      redacted,
    };
  }

  private recentOf(stream: string): string[] {
    return [...this.recent.values()].filter((sealed) => sealed.stream === stream).map((sealed) => sealed.eventId);
  }
}

function open(keyWrap: KeyWrap, reference: string, stored: Stored): Opened {
  const kept =
    stored.kept === undefined
      ? {}
      : (JSON.parse(keyWrap.unwrap(stored.kept, keptOf(reference)).toString()) as Record<string, string>);
  return {
    key: createSecretKey(keyWrap.unwrap(stored.wrapped, reference)),
    kept: new Map(Object.entries(kept).map(([id, key]) => [id, Buffer.from(key, 'base64')])),
    redacted: new Set(stored.redacted),
  };
}

function eventKey(opened: Opened, eventId: string): Buffer | undefined {
  if (opened.redacted.has(eventId)) return undefined;
  return opened.kept.get(eventId) ?? createHmac('sha256', opened.key).update(eventId).digest();
}

function referenceOf(stream: string): string {
  return `text/${stream}`;
}

function keptOf(reference: string): string {
  return `${reference} kept`;
}
