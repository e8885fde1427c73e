import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  WrongExpectedRevision,
  type Appended,
  type EventStore,
  type EventToStore,
  type ExpectedRevision,
} from '../event-store';
import { anEvent, everything } from './stored-events';

/** What can happen to a log, as data: streams and earlier appends are named by number. */
export type Step =
  | { readonly do: 'append'; readonly stream: number; readonly count: number; readonly off: number }
  | { readonly do: 'together'; readonly count: number; readonly twice: boolean }
  | { readonly do: 'retry'; readonly which: number; readonly cut: boolean }
  | { readonly do: 'reopen' }
  | { readonly do: 'page'; readonly after: number; readonly limit: number };

const STREAMS = 4;
const stream = fc.nat({ max: STREAMS - 1 });

/** Random histories; `off` moves the expected revision away from the right one. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        stream,
        count: fc.integer({ min: 1, max: 5 }),
        off: fc.constantFrom(0, 0, 0, 0, -1, 1, -3, 7),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('together' as const),
        count: fc.integer({ min: 1, max: STREAMS }),
        twice: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('retry' as const), which: fc.nat(), cut: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('page' as const),
        after: fc.nat(),
        limit: fc.integer({ min: 1, max: 10 }),
      }),
    },
  ),
  { maxLength: 25 },
);

interface Sent {
  readonly stream: string;
  readonly events: readonly EventToStore[];
  readonly expected: ExpectedRevision;
  readonly outcome: Appended;
}

/** The log as plain arrays: what a store must answer. Throws, by its expectations, where the store differs. */
export class StoreModel {
  readonly #streams = new Map<string, EventToStore[]>();
  readonly #byPosition = new Map<string, string>();
  readonly #sent: Sent[] = [];

  constructor(
    private store: EventStore,
    private readonly reopen: () => Promise<EventStore>,
  ) {}

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case 'append':
        return this.#append(`s-${step.stream}`, step.count, step.off);
      case 'together':
        return this.#together(step.count, step.twice);
      case 'retry':
        return this.#retry(step.which, step.cut);
      case 'page':
        return this.#page(step.after, step.limit);
      case 'reopen':
        this.store = await this.reopen();
    }
  }

  /** Every event, in the order of positions, as `stream revision id`. */
  get order(): string[] {
    return [...this.#byPosition.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
  }

  /** Compares everything that can be read. */
  async compare(): Promise<void> {
    expect((await everything(this.store)).map(name)).toEqual(this.order);
    for (const [stream, events] of this.#streams) {
      const read = await this.store.read(stream);
      expect(read.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))).toEqual(events);
      expect(read.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    }
    expect(await this.store.end()).toEqual([...this.#byPosition.keys()].sort().at(-1));
  }

  async #append(stream: string, count: number, off: number): Promise<void> {
    const head = this.#head(stream);
    const revision = head + off;
    const expected = revision < 0 ? 'no-stream' : revision;
    const events = newEvents(count);
    const right = expected === (head < 0 ? 'no-stream' : head);
    const sent = this.store.append(stream, events, expected);
    if (right) {
      this.#written(stream, events, expected, await sent);
      return;
    }
    await expect(sent).rejects.toEqual(new WrongExpectedRevision(stream, expected, head < 0 ? 'no-stream' : head));
  }

  /** Appends to several streams in one turn, each perhaps sent twice. */
  async #together(count: number, twice: boolean): Promise<void> {
    const appends = Array.from({ length: count }, (_, n) => {
      const head = this.#head(`s-${n}`);
      return { stream: `s-${n}`, events: newEvents(2), expected: head < 0 ? ('no-stream' as const) : head };
    });
    const send = (): Promise<Appended>[] => appends.map((a) => this.store.append(a.stream, a.events, a.expected));
    const [first, second] = await Promise.all([Promise.all(send()), twice ? Promise.all(send()) : undefined]);
    if (second) expect(second).toEqual(first);
    for (const [n, a] of appends.entries()) {
      const outcome = first[n];
      if (outcome) this.#written(a.stream, a.events, a.expected, outcome);
    }
  }

  /** The first outcome again; with a strange event at the end, a refusal. */
  async #retry(which: number, cut: boolean): Promise<void> {
    const sent = this.#sent[which % Math.max(1, this.#sent.length)];
    if (!sent) return;
    const events = cut ? [...sent.events, anEvent()] : sent.events;
    const again = this.store.append(sent.stream, events, sent.expected);
    if (cut) await expect(again).rejects.toBeInstanceOf(WrongExpectedRevision);
    else expect(await again).toEqual(sent.outcome);
  }

  async #page(after: number, limit: number): Promise<void> {
    const positions = [...this.#byPosition.keys()].sort();
    const index = after % (positions.length + 1);
    const page = await this.store.readAll({ after: positions[index - 1], limit });
    expect(page.map(name)).toEqual(this.order.slice(index, index + limit));
  }

  #head(stream: string): number {
    return (this.#streams.get(stream)?.length ?? 0) - 1;
  }

  #written(stream: string, events: readonly EventToStore[], expected: ExpectedRevision, outcome: Appended): void {
    const first = this.#head(stream) + 1;
    expect(outcome.revision).toBe(first + events.length - 1);
    expect(outcome.positions).toHaveLength(events.length);
    outcome.positions.forEach((position, index) => {
      expect(this.#byPosition.has(position)).toBe(false);
      this.#byPosition.set(position, `${stream} ${first + index} ${events[index]?.id ?? ''}`);
    });
    this.#streams.set(stream, [...(this.#streams.get(stream) ?? []), ...events]);
    this.#sent.push({ stream, events, expected, outcome });
  }
}

/** An event as the model names it. */
export function name({ stream, revision, id }: { stream: string; revision: number; id: string }): string {
  return `${stream} ${revision} ${id}`;
}

function newEvents(count: number): EventToStore[] {
  return Array.from({ length: count }, () => anEvent({ data: JSON.stringify(randomUUID()) }));
}
