import { DomainError, type Position, type RecordedEvent } from '@casebook/kernel';
import { setTimeout } from 'node:timers/promises';
import type { EventLog } from '@casebook/event-store/event-log';
import type { Pace } from './pace';
import type { ParkedStream } from '../read-model';
import type { View, ViewWriter } from './view';

/** Waits between attempts to commit a batch; after the last one the view falls behind and catches up by itself. */
const RETRY_MS = [50, 250, 1_000];

/** Skipped events after which a checkpoint is written although there is nothing else to write. */
const UNSAVED = 500;

/** One view under way: its writer, its place in the log, its parked streams. */
export class Lane {
  private writer: ViewWriter | undefined;
  private at: Position | undefined;
  private parkedStreams: readonly ParkedStream[] = [];
  private unsaved = 0;
  /** Why it does not keep up, while it does not. */
  problem: string | undefined;

  constructor(
    readonly view: View,
    private readonly epoch: () => number,
  ) {}

  get checkpoint(): Position | undefined {
    return this.at;
  }

  get parked(): readonly ParkedStream[] {
    return this.parkedStreams;
  }

  /** Opens the live version; false when there is none and it must be filled. */
  async open(): Promise<boolean> {
    return this.use(await this.view.open());
  }

  /** Goes on with another writer, from its own checkpoint. */
  async use(writer: ViewWriter | undefined): Promise<boolean> {
    this.writer = writer;
    this.at = await writer?.checkpoint();
    this.unsaved = 0;
    this.parkedStreams = (await writer?.parked()) ?? [];
    return writer !== undefined;
  }

  /** Handles what of these events comes after its checkpoint, with retries. Throws when all of them fail. */
  async handle(events: readonly RecordedEvent[], pace: Pace, signal: AbortSignal): Promise<void> {
    const at = this.at;
    const later = at === undefined ? events : events.filter(({ position }) => position > at);
    const checkpoint = later.at(-1)?.position;
    if (checkpoint === undefined) return;
    const wanted = later.filter(({ type }) => this.view.handles.has(type));
    this.unsaved += later.length;
    // Nothing lost if this is forgotten: after a restart these events are read and skipped once more.
    if (wanted.length === 0 && this.unsaved < UNSAVED) this.at = checkpoint;
    else await pace.run(events.length, () => this.persist(wanted, checkpoint, signal));
  }

  /** Writes the checkpoint down when it has moved over skipped events only. */
  async save(signal: AbortSignal): Promise<void> {
    if (this.unsaved > 0 && this.at !== undefined) await this.persist([], this.at, signal);
  }

  /** Reads the log by itself up to `target`, or to its end. */
  async catchUp(log: EventLog, pace: Pace, signal: AbortSignal, target?: Position): Promise<void> {
    while (target === undefined || (this.at ?? '') < target) {
      signal.throwIfAborted();
      const events = await log.readAll({ after: this.at, limit: pace.batch });
      if (events.length === 0) return;
      await this.handle(events, pace, signal);
    }
  }

  private async persist(wanted: readonly RecordedEvent[], checkpoint: Position, signal: AbortSignal): Promise<void> {
    const writer = this.writer;
    if (!writer) throw new Error(`${this.view.name} is not open`);
    for (let attempt = 0; ; attempt++) {
      try {
        await writer.apply(wanted, { checkpoint, epoch: this.epoch() });
        this.at = checkpoint;
        this.unsaved = 0;
        this.parkedStreams = await writer.parked();
        return;
      } catch (error) {
        const wait = RETRY_MS[attempt];
        // A newer owner has taken over, or this very batch is already there: the same attempt cannot succeed later.
        if (wait === undefined || error instanceof DomainError) throw error;
        await setTimeout(wait, undefined, { signal });
      }
    }
  }
}
