import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rateLimit from '@fastify/rate-limit';
import { openSqliteStateStore, type StateStore } from '@casebook/state';
import fastify, { type FastifyInstance } from 'fastify';
import { sharedRateLimit } from './shared-rate-limit';

describe('a rate limit that instances share', () => {
  let directory: string;
  let state: StateStore;
  let clock: number;
  const servers: FastifyInstance[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-rate-'));
    clock = 1_700_000_000_000;
    state = openSqliteStateStore(join(directory, 'state.sqlite'), { now: () => clock });
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
    await state.close();
    rmSync(directory, { recursive: true });
  });

  async function instance(over: StateStore = state): Promise<FastifyInstance> {
    const server = fastify();
    await server.register(rateLimit, { global: false, store: sharedRateLimit(over, () => clock) });
    const config = { rateLimit: { max: 3, timeWindow: '1 minute' } };
    server.get('/limited', { config }, () => 'ok');
    server.get('/other', { config }, () => 'ok');
    servers.push(server);
    return server;
  }
  const ask = async (server: FastifyInstance, remoteAddress = '192.0.2.1') =>
    (await server.inject({ url: '/limited', remoteAddress })).statusCode;

  it('counts what any of them answered, per address, until the minute is over', async () => {
    const [east, west] = [await instance(), await instance()];
    expect([await ask(east), await ask(west), await ask(east), await ask(west)]).toEqual([200, 200, 200, 429]);
    expect(await ask(west, '192.0.2.2')).toBe(200);
    expect((await west.inject({ url: '/other', remoteAddress: '192.0.2.1' })).statusCode).toBe(200);
    clock += 60_000;
    expect(await ask(west)).toBe(200);
  });

  it('loses no count when they ask at once', async () => {
    const [east, west] = [await instance(), await instance()];
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(n % 2 ? east : west)));
    expect(answers.filter((status) => status === 200)).toHaveLength(3);
  });

  it('keeps no address', async () => {
    await ask(await instance());
    expect(JSON.stringify(await state.list('rate'))).not.toContain('192.0.2.1');
  });

  it('lets requests through while it cannot count', async () => {
    const broken = { insert: () => Promise.reject(new Error('away')) } as unknown as StateStore;
    const server = await instance(broken);
    for (let n = 0; n < 5; n++) expect(await ask(server)).toBe(200);
  });
});
