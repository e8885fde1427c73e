import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventLog, openSqliteEventStore, chainHash, withHash, type EventStore } from '@casebook/event-store';
import { checkAppend } from '@casebook/event-store/check-append';
import { seal, unseal } from '@casebook/event-store/sealing/cipher';
import { memoryKeyring } from '@casebook/event-store/testing/memory-keyring';
import { openKeyring } from '@casebook/keys';
import { openSqliteStateStore } from '@casebook/state';
const dir = mkdtempSync(join(tmpdir(), 'casebook-layers-'));
const TEXT = 'The replica lags behind since the upgrade. '.repeat(20).slice(0, 600);
const CATALOG = { 'bench.Replied': { plain: ['by'], sealed: { body: 'text' as const } } };
const cpu = async (name: string, n: number, f: () => Promise<void>) => {
  const c = process.cpuUsage(); const t = performance.now(); await f(); const u = process.cpuUsage(c);
  console.log(name.padEnd(30), 'cpu user us/event', (u.user / n).toFixed(1), 'sys', (u.system / n).toFixed(1), 'wall', ((performance.now() - t) * 1000 / n).toFixed(1));
};
const fake: EventStore = { append: async (_s, e, x) => { await new Promise<void>(r => setImmediate(r)); return { revision: (x === 'no-stream' ? -1 : x) + e.length, positions: ['1'] }; }, read: async () => [], readAll: async () => [], subscribe: async function* () {}, end: async () => undefined, close: async () => undefined };
async function run(log: ReturnType<typeof createEventLog>, n: number) {
  await Promise.all(Array.from({ length: 256 }, async () => {
    const stream = `ticket-${randomUUID()}`;
    let { head } = await log.load(stream);
    for (let i = 0; i < n / 256; i++) {
      const commandId = randomUUID();
      ({ head } = await log.append(stream, head, [{ type: 'bench.Replied', data: { by: 'somebody', body: TEXT } }], { actor: 'somebody', companyId: commandId, correlationId: commandId, causationId: commandId, commandId, bodyDigest: commandId, time: new Date().toISOString() }));
    }
  }));
}
(async () => {
  const state = openSqliteStateStore(join(dir, 'keys.sqlite'), { leaveNoTrace: true });
  const keyring = await openKeyring({ state, masterKey: randomBytes(32) });
  const N = 12800;
  const real = openSqliteEventStore({ directory: dir });
  for (let round = 0; round < 2; round++) {
    const key = randomBytes(32); const id = randomUUID();
    await cpu('seal', N, async () => { for (let i = 0; i < N; i++) seal(TEXT, key, id, 'body'); });
    const s = seal(TEXT, key, id, 'body');
    await cpu('unseal', N, async () => { for (let i = 0; i < N; i++) unseal(s, key, id, 'body'); });
    const data = JSON.stringify({ by: 'somebody', body: s }); const metadata = JSON.stringify({ actor: 'x', companyId: id, correlationId: id, causationId: id, commandId: id, bodyDigest: id, time: new Date().toISOString() });
    await cpu('hash', N, async () => { for (let i = 0; i < N; i++) chainHash('a'.repeat(64), { stream: 'ticket-' + id, revision: 5, id, type: 'bench.Replied', data, metadata }); });
    await cpu('check', N, async () => { for (let i = 0; i < N; i++) checkAppend('ticket-' + id, [{ id, type: 'bench.Replied', data, metadata: withHash(metadata, 'a'.repeat(64)) }], 4); });
    await keyring.ensureTextKey('ticket-x', id);
    await cpu('keyring ensure', N, async () => { for (let i = 0; i < N; i++) await keyring.ensureTextKey('ticket-x', id); });
    await cpu('keyring get', N, async () => { for (let i = 0; i < N; i++) await keyring.textKey('ticket-x', id); });
    await cpu('log, memory keys, no store', N, () => run(createEventLog({ store: fake, keyring: memoryKeyring(), catalog: CATALOG }), N));
    await cpu('log, real keys, no store', N, () => run(createEventLog({ store: fake, keyring, catalog: CATALOG }), N));
    await cpu('log, real keys, real store', N, () => run(createEventLog({ store: real, keyring, catalog: CATALOG }), N));
    const events = Array.from({ length: N }, () => ({ id: randomUUID(), type: 'bench.Replied', data, metadata: withHash(metadata, 'a'.repeat(64)) }));
    let e = 0;
    await cpu('store alone', N, async () => { await Promise.all(Array.from({ length: 256 }, async () => { const stream = `ticket-${randomUUID()}`; for (let i = 0; i < N / 256; i++) await real.append(stream, [events[e++]!], i === 0 ? 'no-stream' : i - 1); })); });
    let pos: string | undefined; let seen = 0;
    const log = createEventLog({ store: real, keyring, catalog: CATALOG });
    await cpu('replay', N, async () => { for (seen = 0; seen < N;) { const p = await log.readAll({ after: pos }); if (!p.length) break; seen += p.length; pos = p.at(-1)!.position; } });
    console.log('--');
  }
  await real.close(); await keyring.close(); rmSync(dir, { recursive: true });
})();
