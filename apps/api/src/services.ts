import { AccountsService, companiesModel, peopleModel, UsersQueryService } from '@casebook/accounts';
import { Auth, DemoProvider, type DemoAccount } from '@casebook/auth';
import { PositionSeal } from '@casebook/http';
import { ProjectionRunner, SharedViews, workerFiller, type Views } from '@casebook/read-model';
import {
  createAccessAggregate,
  createTicketAggregate,
  downloadsModel,
  ticketsModel,
  timelineModel,
  TicketsQuery,
  type DownloadDocument,
  type TicketDocument,
  type TimelineEntry,
} from '@casebook/ticketing';
import type { CompanyDocument, PersonDocument } from '@casebook/accounts';
import { join } from 'node:path';
import { GlobalHead, keepCheckpoint, signCheckpoint } from '@casebook/event-store';
import type { Config } from './config';
import { createTusServer, Relay, SealedObjects } from '@casebook/storage';
import { LiveHub } from './live/live-hub';
import type { StatusSources } from './ops/system-status';
import { pathsIn } from './paths';
import { PROJECTIONS, type OpenOptions, type Platform } from './platform';

const clock = () => new Date();
/** Under Jest there is no compiled module that a thread could load: views are then filled in slices. */
const COMPILED = __filename.endsWith('.js');

function fillerFor({ dataDirectory, masterKeyFile, engines }: OpenOptions) {
  const data: OpenOptions = { dataDirectory, masterKeyFile, ...(engines && { engines }) };
  return workerFiller({ module: join(__dirname, 'fill-thread.js'), data });
}

/** The views of this process: its own where it is alone, shared ones where the read models lie on a server. */
function createViews(
  platform: Platform,
  options: ServiceOptions,
  onProblem: (message: string, error: unknown) => void,
): Views {
  const { log, state, readModels: engine, search } = platform;
  const common = {
    log,
    engine,
    projections: PROJECTIONS,
    ...(COMPILED && { filler: fillerFor(options) }),
    clock: Date.now,
    onProblem,
  };
  if (!platform.shared) return new ProjectionRunner({ ...common, views: [search.view] });
  const { roles } = options;
  return new SharedViews({
    ...common,
    state,
    own: [search.view],
    holder: instanceOf(options),
    projects: roles?.has('project') ?? true,
  });
}

/** Ends sessions, tokens and streams of a person, of one company alone where it is named. */
type EndAccess = (personId: string, companyId?: string) => Promise<void>;

function instanceOf({ instance }: ServiceOptions): string {
  return instance ?? `process ${process.pid}`;
}

/** What services need to know beside the open platform. */
export interface ServiceOptions
  extends OpenOptions, Partial<Pick<Config, 'instance' | 'roles' | 'checkpointDirectory'>> {}

/** Everything that controllers, CLI and demo data work with, made once per process over the open engines. */
export async function createServices(
  platform: Platform,
  options: ServiceOptions,
  problem: (message: string, error: unknown) => void,
) {
  const { log, state, keyring, readModels, blobs } = platform;
  const runner = createViews(platform, options, problem);
  const ending: { access?: EndAccess } = {};
  const people = await readModels.reader<PersonDocument>(peopleModel);
  const companies = await readModels.reader<CompanyDocument>(companiesModel);
  const tickets = await readModels.reader<TicketDocument>(ticketsModel);
  const timelines = await readModels.reader<TimelineEntry>(timelineModel);
  const downloads = await readModels.reader<DownloadDocument>(downloadsModel);
  const accounts = new AccountsService({
    log,
    state,
    keyring,
    people,
    companies,
    clock,
    endAccess: async (personId, companyId) => ending.access?.(personId, companyId),
    caughtUp: async (position) => {
      await runner.waitFor(position);
    },
  });
  const ticketAggregate = createTicketAggregate(log, clock);
  if (runner instanceof SharedViews) {
    runner.onSeen((events) => {
      for (const { stream, revision } of events) {
        accounts.outrun(stream, revision);
        ticketAggregate.outrun(stream, revision);
      }
    });
  }
  const seal = new PositionSeal(keyring.fingerprint('position seal'));
  const live = new LiveHub({ runner, tickets: ticketAggregate, seal });
  const users = new UsersQueryService(people, companies, clock);
  const head = new GlobalHead(platform.store, pathsIn(options.dataDirectory).head, (head) => {
    const { checkpointDirectory } = options;
    if (checkpointDirectory !== undefined) keepCheckpoint(checkpointDirectory, signCheckpoint(head, clock(), keyring));
  });
  return {
    instance: instanceOf(options),
    runner,
    accounts,
    users,
    ticketAggregate,
    accessAggregate: createAccessAggregate(log, clock),
    ticketViews: tickets,
    ticketsQuery: new TicketsQuery(tickets, timelines, downloads, accounts, clock),
    seal,
    live,
    objects: new SealedObjects(blobs, keyring),
    uploads: createTusServer({ path: '/api/uploads', blobs, state, keyring }),
    relay: new Relay({ blobs, state, keyring }),
    clock,
    head,
    /** True when an event names the stored object. */
    async isReferenced(objectName: string): Promise<boolean> {
      const filter = { where: { 'attachments.object': objectName } };
      return (await tickets.count({ kind: 'staff' }, filter)) > 0;
    },
    /** What the status pages are made of. */
    statusSources(auth: Auth): StatusSources {
      return {
        views: runner,
        store: platform.store,
        state,
        blobs,
        head,
        users,
        tickets,
        auth,
        liveConnections: () => live.size,
        instance: instanceOf(options),
        shared: platform.shared,
        engines: options.engines ?? {},
        dataDirectory: options.dataDirectory,
        keepsCheckpoints: options.checkpointDirectory !== undefined,
        clock,
      };
    },
    /** Set once sign-in exists. */
    onAccessEnded(end: EndAccess) {
      ending.access = end;
    },
  };
}
export type Services = Awaited<ReturnType<typeof createServices>>;

/** Sign-in for these services: the demo's own provider inside the process, or the configured one. */
export async function createAuth(
  config: Pick<Config, 'publicUrl' | 'oidc'>,
  platform: Platform,
  services: Services,
  demoAccounts: readonly DemoAccount[],
): Promise<{ auth: Auth; demoProvider?: DemoProvider }> {
  const { state } = platform;
  const { publicUrl } = config;
  const common = { publicUrl, state, directory: services.accounts, afterLogout: '/sign-in' };
  let made: { auth: Auth; demoProvider?: DemoProvider };
  if (config.oidc) {
    made = { auth: new Auth({ ...common, ...config.oidc }) };
  } else {
    const demoProvider = await DemoProvider.create({
      publicUrl,
      state,
      accounts: demoAccounts,
      afterLogout: '/sign-in',
    });
    const { issuer, clientId, clientSecret } = demoProvider;
    const providerFetch = demoProvider.fetch.bind(demoProvider);
    made = {
      demoProvider,
      auth: new Auth({ ...common, issuer, clientId, clientSecret, providerFetch, prompt: 'login' }),
    };
  }
  services.onAccessEnded(async (personId, companyId) => {
    await made.auth.endAccess(personId, companyId);
    services.live.closePerson(personId);
  });
  made.auth.onSessionChange(({ key }) => {
    services.live.closeSession(key);
  });
  return made;
}
