import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { DomainError } from '@casebook/kernel';
import type { StateStore } from '@casebook/state';
import { KeyWrap } from './key-wrap';
import type { Keyring, ManagedKeyring, Shredded } from './keyring';
import { KEY_BYTES, readMasterKeyFile } from './master-key';
import { PersonKeys } from './person-keys';
import { TextKeys } from './text-keys';

export type KeyringOptions = {
  /** A store for keys alone, best opened with `leaveNoTrace`. The keyring closes it. */
  readonly state: StateStore;
  /** The clock for the ledger. */
  readonly now?: () => Date;
  /** True when no other process writes to the store: keys are then looked up in memory before each append. */
  readonly exclusive?: boolean;
} & (
  | {
      /** Made, readable by its owner alone, when it is missing and the store holds no key yet. */
      readonly masterKeyFile: string;
    }
  | {
      /** 32 bytes. */
      readonly masterKey: Buffer;
    }
);

const INSTALLATION = 'installation';
const FINGERPRINT = 'fingerprint';
const OBJECT = 'object';
const SHRED = 'shred';

/**
 * Opens the key store. Throws DomainError `unavailable` when the master key is missing or is not the one that
 * wrapped the stored keys.
 */
export async function openKeyring(options: KeyringOptions): Promise<ManagedKeyring> {
  const { state } = options;
  const stored = await state.get<string>(INSTALLATION, FINGERPRINT);
  const masterKeys =
    'masterKey' in options
      ? new Map([[1, options.masterKey]])
      : readMasterKeyFile(options.masterKeyFile, stored === undefined);
  for (const key of masterKeys.values())
    if (key.length !== KEY_BYTES)
      throw new DomainError('invalid', 'keys.master-key-broken', `A master key has ${KEY_BYTES} bytes.`);
  const keyWrap = new KeyWrap(masterKeys);
  const fingerprintKey = await ensureFingerprintKey(state, keyWrap, stored?.value);
  return new StoredKeyring(state, keyWrap, fingerprintKey, options);
}

async function ensureFingerprintKey(state: StateStore, keyWrap: KeyWrap, stored: string | undefined): Promise<Buffer> {
  if (stored !== undefined) return keyWrap.unwrap(stored, FINGERPRINT);
  const key = randomBytes(KEY_BYTES);
  if ((await state.insert(INSTALLATION, FINGERPRINT, keyWrap.wrap(key, FINGERPRINT))) !== undefined) return key;
  const winner = await state.get<string>(INSTALLATION, FINGERPRINT);
  return keyWrap.unwrap(winner?.value ?? '', FINGERPRINT);
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derived and not stored, so that it is there again wherever the installation's keys are. */
function signingKeyOf(fingerprintKey: Buffer): KeyObject {
  const seed = createHmac('sha256', fingerprintKey).update('casebook signing key 1').digest();
  return createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

class StoredKeyring implements ManagedKeyring {
  private readonly now: () => Date;
  private readonly persons: PersonKeys;
  private readonly texts: TextKeys;
  private signingKey: KeyObject | undefined;

  constructor(
    private readonly state: StateStore,
    private readonly keyWrap: KeyWrap,
    private readonly fingerprintKey: Buffer,
    { now = (): Date => new Date(), exclusive = false }: Pick<KeyringOptions, 'now' | 'exclusive'>,
  ) {
    this.now = now;
    this.persons = new PersonKeys(state, keyWrap, exclusive);
    this.texts = new TextKeys(state, keyWrap, exclusive);
  }

  personKey: Keyring['personKey'] = (personId) => this.persons.get(personId);

  ensurePersonKey: Keyring['ensurePersonKey'] = (personId) => this.persons.ensure(personId);

  textKey: Keyring['textKey'] = (stream, eventId) => this.texts.get(stream, eventId);

  ensureTextKey: Keyring['ensureTextKey'] = (stream, eventId) => this.texts.ensure(stream, eventId);

  async destroyPersonKey(personId: string): Promise<void> {
    await this.shred({ kind: 'person', personId, at: this.now().toISOString() });
  }

  async redactText(stream: string, eventId: string, others: readonly string[]): Promise<void> {
    await this.shred({ kind: 'text', stream, eventId, others, at: this.now().toISOString() });
  }

  wrap(key: Buffer): string {
    return this.keyWrap.wrap(key, OBJECT);
  }

  unwrap(wrapped: string): Buffer {
    return this.keyWrap.unwrap(wrapped, OBJECT);
  }

  fingerprint(value: string): string {
    return createHmac('sha256', createSecretKey(this.fingerprintKey)).update(value).digest('hex');
  }

  sign(text: string): { signature: string; publicKey: string } {
    this.signingKey ??= signingKeyOf(this.fingerprintKey);
    const publicKey = createPublicKey(this.signingKey).export({ format: 'der', type: 'spki' });
    return {
      signature: sign(null, Buffer.from(text), this.signingKey).toString('base64'),
      publicKey: publicKey.toString('base64'),
    };
  }

  async shredLedger(): Promise<Shredded[]> {
    const entries: Shredded[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.state.list<Shredded>(SHRED, { limit: 500, ...(after !== undefined && { after }) });
      entries.push(...page.map((record) => record.value));
      after = page.at(-1)?.key;
      if (after === undefined) return entries.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
    }
  }

  async applyLedger(entries: readonly Shredded[]): Promise<void> {
    for (const entry of entries) await this.shred(entry);
  }

  dropCache(): void {
    this.persons.dropCache();
    this.texts.dropCache();
  }

  async close(): Promise<void> {
    this.dropCache();
    await this.state.close();
  }

  /** The ledger first: a key that is gone without a trace there could come back with a backup. */
  private async shred(entry: Shredded): Promise<void> {
    if (entry.kind === 'person') {
      await this.state.insert(SHRED, `person/${entry.personId}`, entry);
      await this.persons.destroy(entry.personId, entry.at);
    } else {
      await this.state.insert(SHRED, `text/${entry.stream}/${entry.eventId}`, entry);
      await this.texts.redact(entry.stream, entry.eventId, entry.others);
    }
  }
}
