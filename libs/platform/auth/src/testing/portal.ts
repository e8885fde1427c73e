import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '@casebook/kernel';
import { openSqliteStateStore, type StateStore } from '@casebook/state';
import fastify, { type FastifyInstance } from 'fastify';
import { Auth, type AuthOptions } from '../auth';
import { type DemoAccount } from '../demo/demo-pages';
import { DemoProvider } from '../demo/demo-provider';
import { type Directory, type Identity, type Principal, type SignInOutcome } from '../directory';
import { mountAuth } from '../routes';

export const ACCOUNTS: readonly DemoAccount[] = [
  { sub: 'ada', email: 'ada@acme.example', name: 'Ada Okafor', hint: 'Acme Retail, administers the subscription' },
  { sub: 'erin', email: 'erin@support.example', name: 'Erin Walsh', hint: 'Engineer' },
];

export const ACME = { id: 'acme', name: 'Acme Retail' };
export const GLOBEX = { id: 'globex', name: 'Globex' };

/** A directory of two: Ada, contact of two companies, and Erin, an engineer. Tests change what it says. */
export class TestDirectory implements Directory {
  readonly asked: Identity[] = [];
  readonly locked = new Set<string>();
  refusal: { code: string; message: string } | undefined;

  async signIn(identity: Identity): Promise<SignInOutcome> {
    this.asked.push(identity);
    if (this.refusal) return { refused: this.refusal };
    return { personId: `person-${identity.email === 'erin@support.example' ? 'erin' : 'ada'}` };
  }

  async principal(personId: string, companyId = ACME.id): Promise<Principal | undefined> {
    if (this.locked.has(personId)) return undefined;
    if (personId === 'person-erin') {
      const actor = { kind: 'staff', personId, roles: ['engineer'] } as const;
      return { actor, name: 'Erin Walsh', email: 'erin@support.example', companies: [] };
    }
    const companies = [ACME, GLOBEX];
    if (personId !== 'person-ada' || !companies.some(({ id }) => id === companyId)) return undefined;
    const actor = { kind: 'customer', personId, companyId, role: 'A' } as const;
    return { actor, name: 'Ada Okafor', email: 'ada@acme.example', companies };
  }
}

/** A clock that tests move. */
export class TestClock {
  private offset = 0;

  readonly now = (): Date => new Date(Date.now() + this.offset);

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }
}

export interface TestPortal {
  readonly origin: string;
  readonly auth: Auth;
  readonly directory: TestDirectory;
  readonly clock: TestClock;
  readonly state: StateStore;
  /** Errors that reached the server as such, and what the demo provider reported. */
  readonly errors: unknown[];
  /** What the log says about refused sign-ins. */
  readonly refusals: readonly string[];
  readonly close: () => Promise<void>;
}

/** A state store in a directory of its own; `close` removes it. */
export async function temporaryState(clock: TestClock): Promise<{ state: StateStore; close: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'casebook-auth-'));
  const state = openSqliteStateStore(join(directory, 'state.sqlite'), { now: () => clock.now().getTime() });
  return {
    state,
    close: async () => {
      await state.close();
      await rm(directory, { recursive: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('No port.');
  return address.port;
}

/** A portal on loopback with `/api/me`, against the demo provider unless `provider` names another. */
export async function startPortal(
  provider?: Partial<AuthOptions> & Pick<AuthOptions, 'issuer' | 'clientId'>,
): Promise<TestPortal> {
  const clock = new TestClock();
  const { state, close } = await temporaryState(clock);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const errors: unknown[] = [];
  const directory = new TestDirectory();
  const refusals: string[] = [];
  const write = (line: string) => {
    const { detail } = JSON.parse(line) as { detail?: string };
    if (detail !== undefined) refusals.push(detail);
  };
  const server = fastify({ logger: { level: 'warn', stream: { write } } });
  const common = { publicUrl: origin, state, directory, clock: clock.now };
  const auth = provider ? new Auth({ ...common, ...provider }) : await withDemo(server, common, errors);
  await mountAuth(server, auth);
  addApi(server, auth, errors);
  await server.listen({ port, host: '127.0.0.1' });
  return {
    ...{ origin, auth, directory, clock, state, errors, refusals },
    close: async () => {
      await server.close();
      await close();
    },
  };
}

async function withDemo(
  server: FastifyInstance,
  common: Pick<AuthOptions, 'publicUrl' | 'state' | 'directory'> & { clock: () => Date },
  errors: unknown[],
): Promise<Auth> {
  const onError = (error: Error) => errors.push(error);
  const demo = await DemoProvider.create({ ...common, accounts: ACCOUNTS, onError });
  await demo.mount(server);
  const { issuer, clientId, clientSecret } = demo;
  return new Auth({ ...common, issuer, clientId, clientSecret, providerFetch: demo.fetch, prompt: 'login' });
}

function addApi(server: FastifyInstance, auth: Auth, errors: unknown[]): void {
  server.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof DomainError) {
      const status = { unauthenticated: 401, forbidden: 403, missing: 404, invalid: 400, conflict: 409 };
      return reply.code(status[error.kind as keyof typeof status]).send({ code: error.code });
    }
    errors.push(error);
    const { statusCode = 500 } = error as { statusCode?: number };
    return reply.code(statusCode).send({ code: 'other' });
  });
  server.route({
    method: ['GET', 'POST'],
    url: '/api/me',
    handler: async (request) => {
      const { actor, via } = await auth.require(request);
      return { actor, via };
    },
  });
}
