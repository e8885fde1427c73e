import { Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { UsersQueryService } from '@casebook/accounts';
import type { Auth } from '@casebook/auth';
import { freeBytes, type EventStore, type GlobalHead } from '@casebook/event-store';
import { DomainError } from '@casebook/kernel';
import type { ReadModel, Views, ViewStatus } from '@casebook/read-model';
import { leaseHolder, type StateStore } from '@casebook/state';
import type { BlobStore } from '@casebook/storage';
import type { TicketDocument } from '@casebook/ticketing';
import type { EngineSettings } from '../config';
import type { PartDto, PublicStatusDto, RecordDto, SystemStatusDto, ViewStatusDto } from './system-status.dto';

const SAMPLE_MS = 30_000;
const SAMPLES = 120;
/** Behind by less is the time that a batch takes. */
const LATE_SECONDS = 15;
const ENDING_DAYS = 90;
const DAY_MS = 24 * 60 * 60_000;
/** How long a part may take to answer, and how long what it said is repeated to whoever asks. */
const ANSWER_MS = 3_000;
const REPEATED_MS = 5_000;
/** A name that no object has: asking for it shows whether the files can be reached. */
const NO_OBJECT = '0'.repeat(32);

/** What the status is made of. */
export interface StatusSources {
  readonly views: Views;
  readonly store: EventStore;
  readonly state: StateStore;
  readonly blobs: BlobStore;
  readonly head: GlobalHead;
  readonly users: UsersQueryService;
  readonly tickets: ReadModel<TicketDocument>;
  readonly auth: Auth;
  readonly liveConnections: () => number;
  readonly instance: string;
  readonly shared: boolean;
  readonly engines: EngineSettings;
  readonly dataDirectory: string;
  readonly keepsCheckpoints: boolean;
  readonly clock: () => Date;
}

/** How this installation is: for administrators in full, for everybody in plain words. */
export class SystemStatus {
  readonly #log = new Logger('status');
  readonly #lag = new Map<string, number[]>();
  readonly #rebuilding = new Set<string>();
  readonly #upSince: Date;
  #public: { readonly at: number; readonly answer: Promise<PublicStatusDto> } | undefined;

  constructor(private readonly sources: StatusSources) {
    this.#upSince = sources.clock();
  }

  /** Notes how far behind each view is. */
  @Interval(SAMPLE_MS)
  async sample(): Promise<void> {
    for (const { name, secondsBehind } of await this.sources.views.status().catch(() => [])) {
      const known = this.#lag.get(name) ?? [];
      this.#lag.set(name, [...known, secondsBehind].slice(-SAMPLES));
    }
  }

  /** Everything an administrator looks at. */
  async full(): Promise<SystemStatusDto> {
    const { views, auth, clock, instance, liveConnections, dataDirectory } = this.sources;
    const owner = await this.#owner();
    return {
      asOf: clock().toISOString(),
      instance,
      upSince: this.#upSince.toISOString(),
      connections: liveConnections(),
      freeBytes: freeBytes(dataDirectory),
      views: (await views.status()).map((status) => this.#viewOf(status, owner)),
      record: this.#record(),
      engines: enginesOf(this.sources.engines),
      endingSubscriptions: await this.#endingSubscriptions(),
      signIn: auth.providerStatus().state,
    };
  }

  /**
   * Folds a view anew beside the live one and swaps it, in the background: what was parked is tried again. Throws
   * DomainError `missing` for an unknown view, `conflict` while it is being folded.
   */
  async rebuild(name: string): Promise<void> {
    const { views } = this.sources;
    if (!(await views.status()).some((view) => view.name === name))
      throw new DomainError('missing', 'view.missing', `There is no read model ${name}.`);
    if (this.#rebuilding.has(name))
      throw new DomainError('conflict', 'view.rebuilding', `The read model ${name} is being rebuilt already.`);
    this.#rebuilding.add(name);
    void views
      .rebuild(name)
      .catch((error: unknown) => {
        this.#log.error(`rebuild of ${name}`, error instanceof Error ? error.stack : String(error));
      })
      .finally(() => this.#rebuilding.delete(name));
  }

  /** What anybody may know, without a word of what is inside. */
  public(): Promise<PublicStatusDto> {
    const now = this.sources.clock().getTime();
    if (!this.#public || now - this.#public.at >= REPEATED_MS) this.#public = { at: now, answer: this.#parts() };
    return this.#public.answer;
  }

  async #parts(): Promise<PublicStatusDto> {
    const { auth, blobs, clock, store } = this.sources;
    const views = await within(this.sources.views.status());
    const record = await within(store.end().then(() => true));
    const files = await within(blobs.size(NO_OBJECT).then(() => true));
    const parts = [
      part('Sign-in', auth.providerStatus().state === 'unavailable' ? 'unavailable' : 'working'),
      part('Opening and answering tickets', record === undefined ? 'unavailable' : 'working'),
      part(
        'Ticket lists and pages',
        stateOf(views, ({ name }) => name !== 'search'),
      ),
      part(
        'Search',
        stateOf(views, ({ name }) => name === 'search'),
      ),
      part('Attached files', files === undefined ? 'unavailable' : 'working'),
    ];
    const worst = (['unavailable', 'behind'] as const).find((state) => parts.some((one) => one.state === state));
    return { asOf: clock().toISOString(), state: worst ?? 'working', parts };
  }

  #viewOf(status: ViewStatus, owner: string | undefined): ViewStatusDto {
    const { name, eventsBehind, secondsBehind, parked, problem } = status;
    // Every instance keeps a search index of its own.
    const writer = name === 'search' ? this.sources.instance : owner;
    const late = status.state === 'live' && secondsBehind > LATE_SECONDS ? 'behind' : status.state;
    return {
      name,
      state: this.#rebuilding.has(name) ? 'filling' : late === 'live' && parked.length > 0 ? 'parked' : late,
      eventsBehind,
      secondsBehind,
      lag: [...(this.#lag.get(name) ?? []), secondsBehind],
      parked: parked.map(({ stream, eventId, reason }) => ({ stream, eventId, reason })),
      ...(writer !== undefined && { owner: writer }),
      ...(problem !== undefined && { problem }),
    };
  }

  async #owner(): Promise<string | undefined> {
    const { shared, state, instance } = this.sources;
    return shared ? leaseHolder(state, 'views') : instance;
  }

  #record(): RecordDto {
    const { head, keepsCheckpoints } = this.sources;
    const { lastCheck } = head;
    const finding = lastCheck?.verdict.findings[0]?.message;
    return {
      events: head.current.count,
      head: head.current.head,
      holds: lastCheck?.verdict.ok ?? true,
      keptElsewhere: keepsCheckpoints,
      ...(lastCheck && { checkedAt: lastCheck.at.toISOString() }),
      ...(finding !== undefined && { finding }),
    };
  }

  async #endingSubscriptions(): Promise<SystemStatusDto['endingSubscriptions']> {
    const { users, tickets, clock } = this.sources;
    const now = clock().getTime();
    const ending = await users.endingSubscriptions(new Date(now + ENDING_DAYS * DAY_MS));
    return Promise.all(
      ending.map(async (one) => ({
        ...one,
        daysLeft: Math.floor((Date.parse(one.until) - now) / DAY_MS),
        openTickets: await tickets.count(
          { kind: 'staff' },
          { where: { companyId: one.companyId, status: { $in: ['open', 'awaiting_acceptance'] } } },
        ),
      })),
    );
  }
}

function enginesOf({ eventStoreDb, mongoDb, s3 }: EngineSettings): SystemStatusDto['engines'] {
  const documents = mongoDb === undefined ? 'SQLite' : 'MongoDB';
  return {
    log: eventStoreDb === undefined ? 'SQLite' : 'EventStoreDB',
    readModels: documents,
    state: documents,
    keys: documents,
    files: s3 ? 'S3' : 'a directory',
    search: 'SQLite, one for each instance',
  };
}

const SAYS: Readonly<Record<PartDto['state'], string>> = {
  working: 'Works.',
  behind: 'Works, but may not show the newest changes yet.',
  unavailable: 'Does not answer at the moment.',
};

function part(name: string, state: PartDto['state']): PartDto {
  return { name, state, says: SAYS[state] };
}

function stateOf(views: readonly ViewStatus[] | undefined, wanted: (view: ViewStatus) => boolean): PartDto['state'] {
  if (!views) return 'unavailable';
  const late = views
    .filter(wanted)
    .some(({ state, secondsBehind }) => state === 'behind' || secondsBehind > LATE_SECONDS);
  return late ? 'behind' : 'working';
}

/** The answer, or nothing when there is none in time. */
async function within<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, ANSWER_MS);
  });
  return Promise.race([answer.catch(() => undefined), late]).finally(() => {
    clearTimeout(timer);
  });
}
