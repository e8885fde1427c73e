import type { Position } from '@casebook/kernel';
import { chainHash, splitHash } from '../chain';
import type { EventStore, StoredEvent } from '../event-store';

/** Something that is not as it was written: the first bad event, or what else is damaged. */
export interface Finding {
  /**
   * `changed`: the event and its hash disagree. `missing`: revisions before it are gone. `repeated`: its revision was
   * there before. `head`: streams are sound and yet the log as a whole is not the one that was checkpointed.
   * `unreadable`: the store fails. `storage`: the engine's own check of its file.
   */
  readonly kind: 'changed' | 'missing' | 'repeated' | 'head' | 'unreadable' | 'storage';
  readonly message: string;
  readonly stream?: string;
  readonly revision?: number;
  readonly id?: string;
  readonly position?: Position;
}

interface StreamEnd {
  readonly revision: number;
  readonly hash: string;
}

const BEGINNING: StreamEnd = { revision: -1, hash: '' };

/** Follows the chains of all streams through events in log order. */
export class ChainCheck {
  readonly #ends = new Map<string, StreamEnd>();

  /** `before` gives the end of a stream as it was before the first event followed. By default: nothing was before. */
  constructor(
    private readonly before: (event: StoredEvent) => Promise<StreamEnd | undefined> | undefined = () => undefined,
  ) {}

  get streams(): number {
    return this.#ends.size;
  }

  /** Checks the next event; answers its hash, or what is wrong with it. */
  async follow(event: StoredEvent): Promise<{ hash: string } | { finding: Finding }> {
    const end = this.#ends.get(event.stream) ?? (await this.before(event)) ?? BEGINNING;
    const parts = splitHash(event.metadata);
    if (!parts) return found('changed', event, 'its metadata does not end in a hash');
    const hash = chainHash(end.hash, { ...event, metadata: parts.metadata });
    if (hash !== parts.hash || event.revision !== end.revision + 1) {
      return event.revision > end.revision + 1
        ? found('missing', event, `revision ${end.revision + 1} of its stream should come first`)
        : event.revision <= end.revision
          ? found('repeated', event, `its stream was at revision ${end.revision} already`)
          : found(
              'changed',
              event,
              'it does not match its hash, so it or the event before it in its stream was changed',
            );
    }
    this.#ends.set(event.stream, { revision: event.revision, hash });
    return { hash };
  }
}

/** Ends of streams as the store has them just before an event: for a check that begins in the middle of the log. */
export function endsFrom(store: EventStore): (event: StoredEvent) => Promise<StreamEnd | undefined> | undefined {
  return (event) => (event.revision > 0 ? endBefore(store, event) : undefined);
}

async function endBefore(store: EventStore, { stream, revision }: StoredEvent): Promise<StreamEnd | undefined> {
  const [before] = await store.read(stream, { from: revision - 1, limit: 1 });
  const hash = before && splitHash(before.metadata)?.hash;
  return hash !== undefined && before?.revision === revision - 1 ? { revision: revision - 1, hash } : undefined;
}

function found(kind: Finding['kind'], event: StoredEvent, what: string): { finding: Finding } {
  const { stream, revision, id, position } = event;
  const message = `Event ${id} (${stream}, revision ${revision}, position ${position}): ${what}.`;
  return { finding: { kind, message, stream, revision, id, position } };
}
