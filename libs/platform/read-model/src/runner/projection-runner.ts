import { DomainError, type Position, type RecordedEvent } from '@casebook/kernel';
import { setTimeout } from 'node:timers/promises';
import type { EventLog } from '@casebook/event-store/event-log';
import type { ParkedStream, ReadModelEngine } from '../read-model';
import { fillViews } from './fill';
import { Lane } from './lane';
import { Pace } from './pace';
import { projectionView, type ProjectionEntry } from './projection-view';
import type { View } from './view';
import { Waiters } from './waiters';

export interface RunnerOptions {
  readonly log: EventLog;
  readonly engine: ReadModelEngine;
  readonly projections: readonly ProjectionEntry[];
  /** Further views beside the projections: the search index. */
  readonly views?: readonly View[];
  /** Now, in epoch milliseconds. */
  readonly clock: () => number;
  /** Of the lease that this process holds on the views; 1 where there is only one process. */
  readonly epoch?: () => number;
  /** Fills versions elsewhere, off this thread; without it they are filled here, in slices. */
  readonly filler?: Filler;
  /** What went wrong and is tried again, or is parked. */
  readonly onProblem?: (message: string, error: unknown) => void;
  /** How long a batch may hold the thread, in milliseconds. */
  readonly sliceMs?: number;
}

/** Fills and finishes new versions of the named views. */
export type Filler = (names: readonly string[], epoch: number, signal: AbortSignal) => Promise<void>;

export interface ViewStatus {
  readonly name: string;
  readonly state: 'live' | 'filling' | 'behind';
  readonly checkpoint?: Position;
  /** Not handled yet, as far as one page of the log shows: 500 stands for 500 or more. */
  readonly eventsBehind: number;
  /** Age of the oldest event not handled yet. */
  readonly secondsBehind: number;
  readonly parked: readonly ParkedStream[];
  readonly problem?: string;
}

type Listener = (events: readonly RecordedEvent[]) => void;

const SLICE_MS = 8;
const SUBSCRIPTION_BATCH = 256;
/** Rounds begin at least this far apart: each costs a commit per view, whatever it holds. */
const GATHER_MS = 20;
const MOST_COUNTED = 500;
const RESUME_MS = { first: 250, most: 10_000 };
const WAIT_MS = 2_000;

/**
 * Keeps all views up to date with the log. Views share one subscription, so that each event is read and opened once.
 * The runner alone loads, folds, writes, moves checkpoints, retries and parks; a projection is a fold and no more.
 */
export class ProjectionRunner {
  private readonly lanes: readonly Lane[];
  private readonly pace: Pace;
  private readonly stopping = new AbortController();
  private readonly waiters = new Waiters();
  private readonly listeners = new Set<Listener>();
  private readonly rebuilding = new Set<string>();
  private readonly unknown = new Map<string, number>();
  private readonly tasks = new Set<Promise<void>>();
  private handledTo: Position | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: RunnerOptions) {
    const views = [
      ...options.projections.map((entry) => projectionView(options.engine, entry)),
      ...(options.views ?? []),
    ];
    const names = views.map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) throw new Error(`Two views are named ${twice}`);
    this.lanes = views.map((view) => new Lane(view, this.epoch));
    this.pace = new Pace(options.sliceMs ?? SLICE_MS);
  }

  /** Position up to which every view has handled the log. */
  get handled(): Position | undefined {
    return this.handledTo;
  }

  /** Stored types that the catalogue does not know, with how often they were met. */
  get unknownTypes(): ReadonlyMap<string, number> {
    return this.unknown;
  }

  /** Fills what has no live version, then follows the log. Answers when all views have reached its present end. */
  async start(): Promise<void> {
    const end = await this.options.log.end();
    const empty: Lane[] = [];
    for (const lane of this.lanes) {
      const open = await lane.open();
      if (!open || (lane.checkpoint === undefined && end !== undefined)) empty.push(lane);
    }
    await this.fill(empty);
    for (const lane of empty) await this.swap(lane);
    this.handledTo = earliest(this.lanes);
    this.background(this.follow());
    if (end !== undefined) await this.reached(end);
  }

  /** Ends the subscription and answers when the batch at hand is written. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.tasks);
    await this.turn;
    for (const lane of this.lanes) await lane.save(this.stopping.signal).catch(() => undefined);
  }

  /**
   * For reading one's own writes: waits until all views have handled `position`, `timeoutMs` at most.
   * `stale` says that they have not, or that one of them does not keep up at all.
   */
  async waitFor(position: Position, timeoutMs = WAIT_MS): Promise<{ readonly stale: boolean }> {
    const reached = (this.handledTo ?? '') >= position || (await this.waiters.wait(position, timeoutMs));
    return { stale: !reached || this.lanes.some(({ problem }) => problem !== undefined) };
  }

  /** Calls with events after all views have handled them, in order. Answers the function that ends it. */
  onHandled(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /**
   * Fills fresh versions of the named views from the start of the log, in one pass beside the live ones, and swaps
   * them in. Readers see no gap, and what stood in the old files is gone with them. Tries parked streams again.
   */
  async rebuild(...names: readonly string[]): Promise<void> {
    const lanes = names.map((name) => this.lane(name));
    const busy = names.find((name) => this.rebuilding.has(name));
    if (busy !== undefined)
      throw new DomainError('conflict', 'projection.rebuilding', `${busy} is being rebuilt already`);
    for (const name of names) this.rebuilding.add(name);
    const work = this.refill(lanes);
    this.background(work);
    try {
      await work;
    } finally {
      for (const name of names) this.rebuilding.delete(name);
    }
  }

  /** Where each view stands. */
  async status(): Promise<readonly ViewStatus[]> {
    const from = earliest(this.lanes);
    const end = await this.options.log.end();
    const waiting =
      (from ?? '') < (end ?? '') ? await this.options.log.readAll({ after: from, limit: MOST_COUNTED }) : [];
    return this.lanes.map((lane) => {
      const behind = waiting.filter(({ position }) => position > (lane.checkpoint ?? ''));
      const oldest = behind[0]?.metadata.time;
      const seconds = oldest === undefined ? 0 : (this.options.clock() - Date.parse(oldest)) / 1_000;
      return {
        name: lane.view.name,
        state: this.rebuilding.has(lane.view.name) ? 'filling' : lane.problem === undefined ? 'live' : 'behind',
        ...(lane.checkpoint === undefined ? {} : { checkpoint: lane.checkpoint }),
        eventsBehind: behind.length,
        secondsBehind: Math.max(0, seconds),
        parked: lane.parked,
        ...(lane.problem === undefined ? {} : { problem: lane.problem }),
      };
    });
  }

  /** Follows the log until stopped; resumes after an error and after an end that nobody asked for. */
  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let wait = RESUME_MS.first;
    while (!signal.aborted) {
      try {
        const batches = this.options.log.subscribe({ after: this.handledTo, signal, batch: SUBSCRIPTION_BATCH });
        for await (const events of batches) {
          const begun = performance.now();
          await this.exclusive(() => this.handle(events));
          wait = RESUME_MS.first;
          await this.gather(begun, events.length);
        }
      } catch (error) {
        if (!this.stopped) this.problem('The subscription to the log failed and is resumed', error);
      }
      await setTimeout(wait * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, RESUME_MS.most);
    }
  }

  /** Under load, lets what comes in quick succession share its commits; a single event is never kept waiting. */
  private async gather(begun: number, events: number): Promise<void> {
    const left = GATHER_MS - (performance.now() - begun);
    if (events === SUBSCRIPTION_BATCH || left <= 0) return;
    await setTimeout(left, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async handle(events: readonly RecordedEvent[]): Promise<void> {
    this.countUnknown(events);
    for (let from = 0; from < events.length;) {
      this.stopping.signal.throwIfAborted();
      const chunk = events.slice(from, from + this.pace.batch);
      from += chunk.length;
      for (const lane of this.lanes) {
        if (lane.problem !== undefined) continue;
        const parked = lane.parked.length;
        try {
          await lane.handle(chunk, this.pace, this.stopping.signal);
          for (const stream of lane.parked.slice(parked))
            this.problem(`${lane.view.name} parked ${stream.stream}`, stream.reason);
        } catch (error) {
          this.stopping.signal.throwIfAborted();
          this.fallBehind(lane, error);
        }
      }
      this.advance(chunk);
    }
  }

  private advance(events: readonly RecordedEvent[]): void {
    const position = events.at(-1)?.position;
    if (position === undefined) return;
    this.handledTo = position;
    for (const listener of this.listeners) {
      try {
        listener(events);
      } catch (error) {
        this.problem('A listener failed', error);
      }
    }
    this.waiters.reached(position);
  }

  /** Takes a view out of the shared subscription; it tries by itself until it has caught up. Others go on. */
  private fallBehind(lane: Lane, error: unknown): void {
    lane.problem = error instanceof Error ? error.message : String(error);
    this.problem(`${lane.view.name} falls behind and tries again`, error);
    this.background(this.recover(lane));
  }

  private async recover(lane: Lane): Promise<void> {
    const { signal } = this.stopping;
    for (let wait = RESUME_MS.first; !signal.aborted; wait = Math.min(wait * 2, RESUME_MS.most)) {
      await setTimeout(wait, undefined, { signal }).catch(() => undefined);
      try {
        await lane.open();
        await this.join(lane, async () => undefined);
        return;
      } catch (error) {
        if (this.stopped) return;
        lane.problem = error instanceof Error ? error.message : String(error);
        this.problem(`${lane.view.name} is still behind`, error);
      }
    }
  }

  /** Brings a lane to where the others are, then does `last` before any further event is handled. */
  private async join(lane: Lane, last: () => Promise<void>): Promise<void> {
    const { log } = this.options;
    await lane.catchUp(log, this.pace, this.stopping.signal);
    await this.exclusive(async () => {
      if (this.handledTo !== undefined) await lane.catchUp(log, this.pace, this.stopping.signal, this.handledTo);
      await last();
      lane.problem = undefined;
    });
  }

  private async fill(lanes: readonly Lane[]): Promise<void> {
    if (lanes.length === 0) return;
    const { log, filler } = this.options;
    const { signal } = this.stopping;
    const views = lanes.map(({ view }) => view);
    if (filler)
      await filler(
        views.map(({ name }) => name),
        this.epoch(),
        signal,
      );
    else await fillViews({ log, views, pace: this.pace, epoch: this.epoch(), signal });
  }

  private async swap(lane: Lane): Promise<void> {
    await lane.view.swap();
    await lane.open();
  }

  private async refill(lanes: readonly Lane[]): Promise<void> {
    await this.fill(lanes);
    for (const lane of lanes) {
      const fresh = new Lane(lane.view, this.epoch);
      await fresh.use(await lane.view.filled());
      await this.join(fresh, () => this.swap(lane));
    }
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private lane(name: string): Lane {
    const lane = this.lanes.find(({ view }) => view.name === name);
    if (!lane) throw new DomainError('missing', 'projection.unknown', `There is no view named ${name}`);
    return lane;
  }

  private readonly epoch = (): number => this.options.epoch?.() ?? 1;

  private async reached(position: Position): Promise<void> {
    while (!this.stopping.signal.aborted && (this.handledTo ?? '') < position)
      await this.waiters.wait(position, WAIT_MS);
  }

  /** One at a time: a batch of the subscription, or the last step of a view that joins it. */
  private exclusive(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private background(work: Promise<void>): void {
    const task = work.catch(() => undefined);
    this.tasks.add(task);
    void task.then(() => this.tasks.delete(task));
  }

  private countUnknown(events: readonly RecordedEvent[]): void {
    for (const { type } of events)
      if (!this.options.log.knows(type)) this.unknown.set(type, (this.unknown.get(type) ?? 0) + 1);
  }

  private problem(message: string, error: unknown): void {
    this.options.onProblem?.(message, error);
  }
}

function earliest(lanes: readonly Lane[]): Position | undefined {
  const checkpoints = lanes.map(({ checkpoint }) => checkpoint);
  if (checkpoints.includes(undefined)) return undefined;
  return checkpoints.reduce(
    (least, checkpoint) => ((checkpoint ?? '') < (least ?? '') ? checkpoint : least),
    checkpoints[0],
  );
}
