import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateStore } from '@casebook/state';
import fc from 'fast-check';
import type { ManagedKeyring } from './keyring';
import { openKeyring } from './open-keyring';

/** What a state store's adapter brings to the suite. Stores are named within a directory that each test has of its own. */
export interface KeyringHarness {
  open(directory: string, name: string): Promise<StateStore>;
  /** Copies a store as it is now, as a backup would. */
  copy(directory: string, from: string, to: string): Promise<void>;
}

/** What the keyring promises over every state store. */
export function keyringSuite(store: string, harness: KeyringHarness): void {
  describe(`openKeyring over ${store}`, () => {
    let directory: string;
    let count = 0;
    const open = async (name = 'keys', master = 'master.key', exclusive = false): Promise<ManagedKeyring> =>
      openKeyring({
        exclusive,
        state: await harness.open(directory, name),
        masterKeyFile: join(directory, master),
      });

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), `casebook-keys-${count++}-`));
    });
    afterEach(() => {
      rmSync(directory, { recursive: true, force: true });
    });

    describe('the master key', () => {
      it('is made for its owner alone when it is missing', async () => {
        const keyring = await open();
        const file = join(directory, 'master.key');
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(readFileSync(file, 'utf8')).toMatch(/^1 [A-Za-z0-9+/]{43}=$/m);
        expect(readdirSync(directory).filter((name) => name.startsWith('master'))).toEqual(['master.key']);
        await keyring.close();
      });

      it('is one and the same for two processes that start at once', async () => {
        const [one, two] = await Promise.all([open(), open()]);
        expect(one.fingerprint('mail')).toBe(two.fingerprint('mail'));
        expect(two.unwrap(one.wrap(Buffer.alloc(32, 7)))).toEqual(Buffer.alloc(32, 7));
        await Promise.all([one.close(), two.close()]);
      });

      it('is never made anew beside keys that another one wrapped', async () => {
        await (await open()).close();
        rmSync(join(directory, 'master.key'));
        await expect(open()).rejects.toMatchObject({ kind: 'unavailable', code: 'keys.master-key-missing' });
        expect(existsSync(join(directory, 'master.key'))).toBe(false);
      });

      it('is refused when it is another one, or no key at all', async () => {
        await (await open()).close();
        await (await open('others', 'other.key')).close();
        await expect(open('keys', 'other.key')).rejects.toMatchObject({ code: 'keys.cannot-open' });
        writeFileSync(join(directory, 'master.key'), '1 short\n');
        await expect(open()).rejects.toMatchObject({ code: 'keys.master-key-broken' });
        rmSync(join(directory, 'master.key'));
        mkdirSync(join(directory, 'master.key'));
        await expect(open()).rejects.toMatchObject({ code: 'keys.master-key-unreadable' });
      });

      it('opens with an older version what that wrapped, and wraps with the newest', async () => {
        const first = await open();
        const wrapped = first.wrap(Buffer.alloc(32, 1));
        const person = await first.ensurePersonKey('p');
        await first.close();
        const file = join(directory, 'master.key');
        writeFileSync(file, `${readFileSync(file, 'utf8')}2 ${Buffer.alloc(32, 9).toString('base64')}\n`);
        const second = await open();
        expect(second.unwrap(wrapped)).toEqual(Buffer.alloc(32, 1));
        expect(await second.personKey('p')).toEqual(person);
        expect(second.wrap(Buffer.alloc(32, 1))).toMatch(/^2\./);
        await second.close();
      });

      it('may be handed over as bytes', async () => {
        const state = await harness.open(directory, 'k');
        await expect(openKeyring({ state, masterKey: Buffer.alloc(16) })).rejects.toMatchObject({ kind: 'invalid' });
        const keyring = await openKeyring({ state, masterKey: Buffer.alloc(32, 3) });
        expect(await keyring.ensurePersonKey('p')).toHaveLength(32);
        await keyring.close();
      });
    });

    it('keeps keys over a restart, and gives each person and each event its own', async () => {
      const before = await open();
      const keys = [
        await before.ensurePersonKey('p1'),
        await before.ensurePersonKey('p2'),
        await before.ensureTextKey('ticket-1', 'e1'),
        await before.ensureTextKey('ticket-1', 'e2'),
        await before.ensureTextKey('ticket-2', 'e1'),
      ].map((key) => key!.toString('hex'));
      expect(new Set(keys).size).toBe(5);
      const fingerprint = before.fingerprint('ada@acme.example');
      expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
      await before.close();
      const after = await open();
      expect((await after.personKey('p1'))!.toString('hex')).toBe(keys[0]);
      expect((await after.textKey('ticket-1', 'e2'))!.toString('hex')).toBe(keys[3]);
      expect(after.fingerprint('ada@acme.example')).toBe(fingerprint);
      expect(after.sign('head')).toEqual(before.sign('head'));
      expect(await after.personKey('p3')).toBeUndefined();
      expect(await after.textKey('ticket-3', 'e1')).toBeUndefined();
      await after.close();
    });

    it('makes one key when many ask for it at once', async () => {
      const keyring = await open();
      const other = await open();
      const asked = await Promise.all([keyring, other, keyring, other].map((k) => k.ensurePersonKey('p')));
      expect(new Set(asked.map((key) => key!.toString('hex'))).size).toBe(1);
      await Promise.all([keyring.close(), other.close()]);
    });

    it('binds a wrapped key to what it is for', async () => {
      const state = await harness.open(directory, 'keys');
      const keyring = await openKeyring({ state, masterKey: Buffer.alloc(32, 3) });
      await keyring.ensurePersonKey('p1');
      await state.set('key', 'person/p2', (await state.get('key', 'person/p1'))?.value);
      await expect(keyring.personKey('p2')).rejects.toMatchObject({ code: 'keys.cannot-open' });
      const wrapped = keyring.wrap(Buffer.alloc(32));
      expect(() => keyring.unwrap(`${wrapped.slice(0, -4)}AAAA`)).toThrow(/does not open/);
      expect(() => keyring.unwrap('nonsense')).toThrow(/does not open/);
      expect(() => keyring.unwrap(`7${wrapped.slice(1)}`)).toThrow(/version 7/);
      await keyring.close();
    });

    describe('redaction', () => {
      it('destroys the key of one event, keeps the others, and goes on with a fresh key', async () => {
        const keyring = await open();
        const hex = async (event: string): Promise<string | undefined> =>
          (await keyring.ensureTextKey('t', event))?.toString('hex');
        const [k1, , k3, would4] = [await hex('e1'), await hex('e2'), await hex('e3'), await hex('never-appended')];
        await keyring.close();
        const again = await open();
        const before = (await again.textKey('t', 'e4'))!.toString('hex');
        await again.redactText('t', 'e2', ['e1', 'e2', 'e3']);
        await again.redactText('t', 'e2', []);
        const now = async (event: string): Promise<string | undefined> =>
          (await again.ensureTextKey('t', event))?.toString('hex');
        expect(await now('e2')).toBeUndefined();
        expect([await now('e1'), await now('e3')]).toEqual([k1, k3]);
        const fresh = await now('e4');
        expect(fresh).not.toBe(before);
        await again.redactText('t', 'e1', ['e2', 'e3', 'e4']);
        expect([await now('e1'), await now('e2'), await now('e3'), await now('e4')]).toEqual([
          undefined,
          undefined,
          k3,
          fresh,
        ]);
        expect(would4).toBeDefined();
        await again.close();
      });

      it('keeps what this process sealed a moment ago, although the caller did not know of it', async () => {
        const keyring = await open();
        await keyring.ensureTextKey('t', 'e1');
        const justSealed = await keyring.ensureTextKey('t', 'e2');
        await keyring.redactText('t', 'e1', []);
        expect(await keyring.textKey('t', 'e2')).toEqual(justSealed);
        await keyring.close();
      });
    });

    it('seals nothing with a key that another process has replaced or destroyed', async () => {
      const [one, two] = await Promise.all([open(), open()]);
      await one.ensureTextKey('t', 'e1');
      await two.ensureTextKey('t', 'e1');
      await two.ensurePersonKey('p');
      await one.ensurePersonKey('p');
      await one.redactText('t', 'e1', []);
      await one.destroyPersonKey('p');
      expect(await two.ensurePersonKey('p')).toBeUndefined();
      expect(await two.ensureTextKey('t', 'e9')).toEqual(await one.textKey('t', 'e9'));
      two.dropCache();
      expect(await two.textKey('t', 'e1')).toBeUndefined();
      await Promise.all([one.close(), two.close()]);
    });

    it('seals nothing with a key that it replaced or destroyed itself, when it alone uses the store', async () => {
      const keyring = await open('keys', 'master.key', true);
      const person = await keyring.ensurePersonKey('p');
      const replaced = await keyring.ensureTextKey('t', 'e9');
      expect(await keyring.ensurePersonKey('p')).toEqual(person);
      expect(await keyring.ensureTextKey('t', 'e9')).toEqual(replaced);
      await keyring.redactText('t', 'e1', []);
      await keyring.redactText('t', 'e9', []);
      await keyring.destroyPersonKey('p');
      expect(await keyring.ensurePersonKey('p')).toBeUndefined();
      expect(await keyring.ensureTextKey('t', 'e1')).toBeUndefined();
      expect(await keyring.ensureTextKey('t', 'e9')).toBeUndefined();
      const fresh = await keyring.ensureTextKey('t', 'e10');
      await keyring.close();
      const again = await open();
      expect(await again.textKey('t', 'e10')).toEqual(fresh);
      await again.close();
    });

    it('destroys again in a restored copy what its ledger names', async () => {
      const keyring = await open();
      await keyring.ensurePersonKey('p1');
      const p2 = await keyring.ensurePersonKey('p2');
      await keyring.ensureTextKey('t', 'e1');
      const e2 = await keyring.ensureTextKey('t', 'e2');
      await harness.copy(directory, 'keys', 'copy');
      copyFileSync(join(directory, 'master.key'), join(directory, 'copy.key'));
      await keyring.destroyPersonKey('p1');
      await keyring.destroyPersonKey('p3-never-seen');
      await keyring.redactText('t', 'e1', ['e2']);
      const ledger = await keyring.shredLedger();
      expect(ledger.map((entry) => entry.kind)).toEqual(['person', 'person', 'text']);
      await keyring.close();

      const restored = await open('copy', 'copy.key');
      expect(await restored.personKey('p1')).toBeDefined();
      await restored.applyLedger(ledger);
      await restored.applyLedger(ledger);
      expect(await restored.personKey('p1')).toBeUndefined();
      expect(await restored.ensurePersonKey('p1')).toBeUndefined();
      expect(await restored.ensurePersonKey('p3-never-seen')).toBeUndefined();
      expect(await restored.textKey('t', 'e1')).toBeUndefined();
      expect(await restored.textKey('t', 'e2')).toEqual(e2);
      expect(await restored.personKey('p2')).toEqual(p2);
      expect(await restored.shredLedger()).toEqual(ledger);
      await restored.close();
    });

    it('never brings back a destroyed key, and never changes another one, whatever happens in between', async () => {
      const name = fc.constantFrom('a', 'b', 'c', 'd');
      const step = fc.record({
        kind: fc.constantFrom('ensure-person', 'ensure-text', 'destroy', 'redact', 'reopen', 'drop'),
        name,
        stream: fc.constantFrom('s', 't'),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const file = `property-${count++}`;
          let keyring = await open(file, `${file}.key`);
          const known = new Map<string, string>();
          const gone = new Set<string>();
          const events = (stream: string): string[] =>
            [...known.keys()].filter((k) => k.startsWith(`${stream}:`)).map((k) => k.slice(2));
          for (const { kind, name: id, stream } of steps) {
            const reference = kind === 'destroy' || kind === 'ensure-person' ? `p:${id}` : `${stream}:${id}`;
            if (kind === 'destroy' || kind === 'redact') {
              if (kind === 'destroy') await keyring.destroyPersonKey(id);
              else await keyring.redactText(stream, id, events(stream));
              gone.add(reference);
              known.delete(reference);
            } else if (kind === 'reopen') {
              await keyring.close();
              keyring = await open(file, `${file}.key`);
            } else if (kind === 'drop') {
              keyring.dropCache();
            } else {
              const ensure = kind === 'ensure-person' ? keyring.ensurePersonKey(id) : keyring.ensureTextKey(stream, id);
              const key = (await ensure)?.toString('hex');
              expect(key === undefined).toBe(gone.has(reference));
              if (key !== undefined && known.has(reference)) expect(key).toBe(known.get(reference));
              if (key !== undefined) known.set(reference, key);
            }
            for (const check of [...known.keys(), ...gone]) {
              const [space = '', which = ''] = check.split(':');
              const key = space === 'p' ? await keyring.personKey(which) : await keyring.textKey(space, which);
              expect(key?.toString('hex')).toBe(known.get(check));
            }
          }
          await keyring.close();
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}
