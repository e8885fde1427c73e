import type { Position, RecordedEvent } from '@casebook/kernel';
import type { ParkedStream } from '../read-model';

/** Something that is kept up to date from the log: a read model, a search index. */
export interface View {
  readonly name: string;
  /** Stored event types it wants; others only move its checkpoint. */
  readonly handles: ReadonlySet<string>;
  /** The live one, or undefined when there is none of this version: it must be filled. */
  open(): Promise<ViewWriter | undefined>;
  /** A new, empty one beside the live one. */
  fill(): Promise<FillingViewWriter>;
  /** The one that was filled and finished, perhaps by another thread, and waits for its swap. */
  filled(): Promise<ViewWriter | undefined>;
  /** Makes the filled one live. Writers got before are void. */
  swap(): Promise<void>;
}

/** Where a batch leads to. */
export interface BatchEnd {
  readonly checkpoint: Position;
  readonly epoch: number;
}

export interface ViewWriter {
  checkpoint(): Promise<Position | undefined>;
  /**
   * Folds events of wanted types, in order, and commits the result together with the checkpoint. An event that cannot be
   * folded parks its stream. Throws when nothing was committed; then the same batch can be given again.
   */
  apply(events: readonly RecordedEvent[], end: BatchEnd): Promise<void>;
  /** Streams whose events wait for a rebuild. */
  parked(): Promise<readonly ParkedStream[]>;
}

export interface FillingViewWriter extends ViewWriter {
  /** Builds indexes and makes everything durable. */
  finish(): Promise<void>;
}

/** The streams that a view no longer follows: those stored before, and those parked by the batch at hand. */
export class ParkedStreams {
  private readonly stored: Set<string>;
  private fresh: ParkedStream[] = [];

  constructor(stored: readonly ParkedStream[]) {
    this.stored = new Set(stored.map(({ stream }) => stream));
  }

  has(stream: string): boolean {
    return this.stored.has(stream) || this.fresh.some((parked) => parked.stream === stream);
  }

  park(event: RecordedEvent, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.fresh.push({ stream: event.stream, eventId: event.id, position: event.position, reason });
  }

  /** Streams parked since the last commit. */
  get pending(): readonly ParkedStream[] {
    return this.fresh;
  }

  committed(): void {
    for (const { stream } of this.fresh) this.stored.add(stream);
    this.fresh = [];
  }

  /** Forgets what a failed batch parked. */
  rolledBack(): void {
    this.fresh = [];
  }
}
