import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, type Position, type RecordedEvent } from '@casebook/kernel';
import { whileLeased, type StateStore } from '@casebook/state';
import { ProjectionRunner, type RunnerOptions, type ViewStatus } from './projection-runner';
import type { View } from './view';
import type { Views } from './views';

export interface SharedViewsOptions extends Omit<RunnerOptions, 'views' | 'epoch'> {
  readonly state: StateStore;
  /** This process, as the lease names it. */
  readonly holder: string;
  /** Whether this process may keep the shared views up to date. */
  readonly projects: boolean;
  /** Views that each process keeps for itself: the search index. */
  readonly own: readonly View[];
  /** See LeaseOptions. */
  readonly leaseMs?: number;
}

const SPACE = 'views';
const HANDLED = 'handled';
const REQUEST = 'rebuild/';
const POLL_MS = 20;
const REQUESTS_MS = 1_000;
const WAIT_MS = 2_000;
/** Longer than another process needs to take the lease over. */
const TAKEOVER_MS = 20_000;

interface RebuildRequest {
  readonly names: readonly string[];
  readonly problem?: string;
}

/**
 * Views of several processes over one store: one process at a time, by a lease, writes the shared ones; each keeps its
 * own search index. The writer publishes how far it is, since checkpoints are written down only now and then.
 */
export class SharedViews implements Views {
  readonly #own: ProjectionRunner;
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(events: readonly RecordedEvent[]) => void>();
  #leading: ProjectionRunner | undefined;
  #work: Promise<void> = Promise.resolve();
  #telling: Promise<void> = Promise.resolve();
  #published: Position | undefined;

  constructor(private readonly options: SharedViewsOptions) {
    const { own, projections: _shared, filler: _elsewhere, ...rest } = options;
    this.#own = new ProjectionRunner({ ...rest, projections: [], views: own });
  }

  get handled(): Position | undefined {
    const own = this.#own.handled;
    const shared = this.#leading?.handled ?? this.#published;
    return own === undefined || shared === undefined ? undefined : own < shared ? own : shared;
  }

  /** Calls with events as soon as this process has seen them, before the shared views have. */
  onSeen(listener: (events: readonly RecordedEvent[]) => void): () => void {
    return this.#own.onHandled(listener);
  }

  onHandled(listener: (events: readonly RecordedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async start(): Promise<void> {
    const { projects, log } = this.options;
    const { signal } = this.#stopping;
    const end = await log.end();
    if (projects) this.#work = this.#lead();
    await this.#own.start();
    while (!signal.aborted && !(await this.#isReached(end ?? ''))) await this.#pause(POLL_MS);
    this.#own.onHandled((events) => {
      this.#telling = this.#telling.then(() => this.#tell(events));
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
    await this.#own.stop();
    await this.#telling;
  }

  async waitFor(position: Position, timeoutMs = WAIT_MS): Promise<{ readonly stale: boolean }> {
    const own = this.#own.waitFor(position, timeoutMs);
    const leading = this.#leading;
    const shared = leading
      ? !(await leading.waitFor(position, timeoutMs)).stale
      : await this.#poll(position, timeoutMs);
    return { stale: (await own).stale || !shared };
  }

  /** Asks whichever process writes the views to do it, and answers when it has. */
  async rebuild(...names: readonly string[]): Promise<void> {
    const ownNames = new Set(this.options.own.map(({ name }) => name));
    const mine = names.filter((name) => ownNames.has(name));
    const shared = names.filter((name) => !ownNames.has(name));
    if (mine.length > 0) await this.#own.rebuild(...mine);
    if (shared.length === 0) return;
    const { state } = this.options;
    const key = `${REQUEST}${randomUUID()}`;
    await state.insert(SPACE, key, { names: shared } satisfies RebuildRequest);
    for (;;) {
      await this.#pause(POLL_MS * 5);
      if (this.#stopping.signal.aborted) return;
      const request = await state.get<RebuildRequest>(SPACE, key);
      if (!request) return;
      const { problem } = request.value;
      if (problem === undefined) continue;
      await state.delete(SPACE, key);
      throw new DomainError('conflict', 'projection.not-rebuilt', problem);
    }
  }

  async status(): Promise<readonly ViewStatus[]> {
    const own = await this.#own.status();
    return [...(this.#leading ? await this.#leading.status() : await this.#statusFromAfar()), ...own];
  }

  /** Keeps the shared views up to date whenever this process holds the lease. */
  async #lead(): Promise<void> {
    const { state, holder, leaseMs, onProblem, own: _own, projects: _projects, ...rest } = this.options;
    const lease = {
      state,
      name: 'views',
      holder,
      signal: this.#stopping.signal,
      ...(leaseMs !== undefined && { ttlMs: leaseMs }),
      ...(onProblem && { onProblem }),
    };
    await whileLeased(lease, async (epoch, lost) => {
      const runner = new ProjectionRunner({ ...rest, ...(onProblem && { onProblem }), epoch: () => epoch });
      const starting = runner.start();
      try {
        await Promise.race([starting, aborted(lost)]);
        if (lost.aborted) return;
        this.#leading = runner;
        await this.#follow(runner, lost);
      } finally {
        this.#leading = undefined;
        await runner.stop();
        await starting.catch(() => undefined);
      }
    });
  }

  /** Publishes the writer's progress and does what others ask for, until the lease is lost. */
  async #follow(runner: ProjectionRunner, lost: AbortSignal): Promise<void> {
    let published: Position | undefined;
    let asked = 0;
    let answering: Promise<void> | undefined;
    let changed = Promise.withResolvers<undefined>();
    const end = runner.onHandled(() => {
      changed.resolve(undefined);
    });
    while (!lost.aborted) {
      const handled = runner.handled ?? '';
      if (handled !== published) {
        changed = Promise.withResolvers<undefined>();
        await this.options.state.set(SPACE, HANDLED, handled).then(
          () => (published = handled),
          (error: unknown) => this.options.onProblem?.('The progress of the views could not be published', error),
        );
      }
      // Not waited for: a rebuild takes long, and the others go by what is published.
      if (!answering && performance.now() - asked > REQUESTS_MS) {
        asked = performance.now();
        answering = this.#answerRequests(runner)
          .catch((error: unknown) => this.options.onProblem?.('Requests for a rebuild could not be read', error))
          .finally(() => (answering = undefined));
      }
      await Promise.race([changed.promise, pause(REQUESTS_MS, lost)]);
    }
    end();
    await answering;
  }

  async #answerRequests(runner: ProjectionRunner): Promise<void> {
    const { state } = this.options;
    for (const { key, value, version } of await state.list<RebuildRequest>(SPACE, { prefix: REQUEST })) {
      if (value.problem !== undefined) continue;
      try {
        await runner.rebuild(...value.names);
        await state.delete(SPACE, key);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        await state.put(SPACE, key, { ...value, problem } satisfies RebuildRequest, version, { ttlSeconds: 3_600 });
      }
    }
  }

  /** Tells of events once every view has handled them; without a writer, once another one had time to take over. */
  async #tell(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    await this.waitFor(last.position, TAKEOVER_MS).catch(() => undefined);
    if (this.#stopping.signal.aborted) return;
    for (const listener of this.#listeners) {
      try {
        listener(events);
      } catch (error) {
        this.options.onProblem?.('A listener failed', error);
      }
    }
  }

  async #poll(position: Position, timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      if (await this.#isReached(position)) return true;
      if (this.#stopping.signal.aborted || performance.now() >= until) return false;
      await this.#pause(POLL_MS);
    }
  }

  async #isReached(position: Position): Promise<boolean> {
    if (this.#published !== undefined && this.#published >= position) return true;
    const record = await this.options.state.get<Position>(SPACE, HANDLED);
    // A writer that was paused may publish once more what it had reached before; nothing goes back for that.
    if (record && record.value >= (this.#published ?? '')) this.#published = record.value;
    return this.#published !== undefined && this.#published >= position;
  }

  async #statusFromAfar(): Promise<ViewStatus[]> {
    const { log, engine, projections, clock } = this.options;
    await this.#isReached('');
    const at = this.#published;
    const waiting = await log.readAll({ after: at === '' ? undefined : at });
    const oldest = waiting[0]?.metadata.time;
    const secondsBehind = oldest === undefined ? 0 : Math.max(0, (clock() - Date.parse(oldest)) / 1_000);
    return Promise.all(
      projections.map(async ({ definition }) => {
        const writer = await engine.writer(definition);
        return {
          name: definition.name,
          state: writer && at !== undefined ? 'live' : 'filling',
          ...(at !== undefined && { checkpoint: at }),
          eventsBehind: waiting.length,
          secondsBehind,
          parked: (await writer?.parked()) ?? [],
        } satisfies ViewStatus;
      }),
    );
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, this.#stopping.signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
