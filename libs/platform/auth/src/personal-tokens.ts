import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { DomainError, type FieldError } from '@casebook/kernel';
import { type StateRecord, type StateStore } from '@casebook/state';

export const TOKEN_SCOPES = ['read', 'write'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** What a user asks for. */
export interface NewToken {
  readonly name: string;
  /** Default: both. */
  readonly scopes?: readonly TokenScope[] | undefined;
  /** 1 to 366; default 90. */
  readonly expiresInDays?: number | undefined;
}

/** Whose token it is, and in which company it acts (never in another one; absent for staff). */
export interface TokenOwner {
  readonly personId: string;
  readonly companyId: string | undefined;
}

/** A token as its owner sees it in the list. Times are ISO. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt?: string;
}

interface StoredToken extends TokenInfo {
  readonly personId: string;
  readonly companyId?: string;
}

const TOKENS = 'auth.token';
const INDEX = 'auth.token-index';
const REPEATS = 'auth.token-repeat';
const DEFAULT_DAYS = 90;
const MAX_DAYS = 366;
const MAX_PER_PERSON = 50;
const DAY_MS = 86_400_000;
const NOTE_USE_MS = 60_000;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TOKEN_SHAPE = /^cb_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/**
 * Personal API tokens: `cb_`, 43 random characters, 6 of checksum, so that scanners recognise a leaked one and a
 * mistyped one costs no look-up. Stored is the hash alone; the token itself is shown once.
 */
export class PersonalTokens {
  constructor(
    private readonly state: StateStore,
    private readonly clock: () => Date,
  ) {}

  /**
   * Makes a token. `repeatKey` is the client's Idempotency-Key: since a token is shown once, a repeat is a conflict.
   * Throws DomainError `token.invalid`, `token.repeated` or `token.too_many`.
   */
  async create(owner: TokenOwner, wish: NewToken, repeatKey?: string): Promise<{ token: string; info: TokenInfo }> {
    const { name, scopes, days } = checked(wish);
    if ((await this.list(owner.personId)).length >= MAX_PER_PERSON) {
      throw new DomainError('conflict', 'token.too_many', `You have ${MAX_PER_PERSON} tokens. Revoke one first.`);
    }
    if (repeatKey !== undefined) {
      const key = hash(JSON.stringify([owner.personId, repeatKey]));
      if (!(await this.state.insert(REPEATS, key, true, { ttlSeconds: DAY_MS / 1000 }))) {
        throw new DomainError('conflict', 'token.repeated', 'This token was made already, and is shown only once.');
      }
    }
    const now = this.clock().getTime();
    const info: TokenInfo = {
      id: randomUUID(),
      name,
      scopes,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + days * DAY_MS).toISOString(),
    };
    const { personId, companyId } = owner;
    const stored: StoredToken = { ...info, personId, ...(companyId === undefined ? {} : { companyId }) };
    const token = freshToken();
    const options = { ttlSeconds: (days * DAY_MS) / 1000 };
    // The index comes first: a token that it does not know could not be revoked.
    await this.state.set(INDEX, indexKey(personId, info.id), hash(token), options);
    await this.state.set(TOKENS, hash(token), stored, options);
    return { token, info };
  }

  /** The live tokens of a person, oldest first. */
  async list(personId: string): Promise<TokenInfo[]> {
    const infos: TokenInfo[] = [];
    for (const entry of await this.index(personId)) {
      const found = await this.state.get<StoredToken>(TOKENS, entry.value);
      if (found && !this.expired(found.value)) infos.push(shown(found.value));
    }
    return infos.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  /** Revokes one token of a person. Throws DomainError `token.missing` when it is not theirs. */
  async revoke(personId: string, id: string): Promise<void> {
    const entry = await this.state.get<string>(INDEX, indexKey(personId, id));
    if (!entry) throw new DomainError('missing', 'token.missing', 'There is no such token.');
    await this.remove(entry);
  }

  /** Revokes all tokens of a person (lock, erasure), or those that act in one company, and answers how many. */
  async revokeAll(personId: string, companyId?: string): Promise<number> {
    let revoked = 0;
    for (const entry of await this.index(personId)) {
      const found = companyId === undefined ? undefined : await this.state.get<StoredToken>(TOKENS, entry.value);
      if (found && found.value.companyId !== companyId) continue;
      await this.remove(entry);
      revoked += 1;
    }
    return revoked;
  }

  /** The live token behind a bearer's text, noting its use at most once a minute. */
  async find(token: string): Promise<(TokenOwner & { readonly info: TokenInfo }) | undefined> {
    const [, random = '', checksum] = TOKEN_SHAPE.exec(token) ?? [];
    if (checksum === undefined || checksum !== checksumOf(random)) return undefined;
    const found = await this.state.get<StoredToken>(TOKENS, hash(token));
    if (!found || this.expired(found.value)) return undefined;
    await this.noteUse(found);
    const { personId, companyId } = found.value;
    return { personId, companyId, info: shown(found.value) };
  }

  /** True while a person's token is neither revoked nor at its end. */
  async isLive(personId: string, id: string): Promise<boolean> {
    const entry = await this.state.get<string>(INDEX, indexKey(personId, id));
    const found = entry && (await this.state.get<StoredToken>(TOKENS, entry.value));
    return found !== undefined && !this.expired(found.value);
  }

  private async noteUse(found: StateRecord<StoredToken>): Promise<void> {
    const now = this.clock().getTime();
    const { lastUsedAt, expiresAt } = found.value;
    if (lastUsedAt !== undefined && now - Date.parse(lastUsedAt) < NOTE_USE_MS) return;
    const used = { ...found.value, lastUsedAt: new Date(now).toISOString() };
    const ttlSeconds = Math.ceil((Date.parse(expiresAt) - now) / 1000);
    await this.state.put(TOKENS, found.key, used, found.version, { ttlSeconds });
  }

  private expired(token: StoredToken): boolean {
    return Date.parse(token.expiresAt) <= this.clock().getTime();
  }

  private index(personId: string): Promise<StateRecord<string>[]> {
    return this.state.list<string>(INDEX, { prefix: indexKey(personId, ''), limit: MAX_PER_PERSON * 2 });
  }

  private async remove(entry: StateRecord<string>): Promise<void> {
    await this.state.delete(TOKENS, entry.value);
    await this.state.delete(INDEX, entry.key);
  }
}

function checked(wish: NewToken) {
  const name = wish.name.trim();
  const scopes = wish.scopes === undefined ? TOKEN_SCOPES : TOKEN_SCOPES.filter((s) => wish.scopes?.includes(s));
  const days = wish.expiresInDays ?? DEFAULT_DAYS;
  const fields: FieldError[] = [];
  if (name === '' || name.length > 100 || /\p{Cc}/u.test(name)) {
    fields.push({ path: 'name', message: 'Give the token a name of up to 100 characters.' });
  }
  if (scopes.length === 0 || wish.scopes?.some((scope) => !TOKEN_SCOPES.includes(scope))) {
    fields.push({ path: 'scopes', message: 'Scopes are "read" and "write".' });
  }
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) {
    fields.push({ path: 'expiresInDays', message: `A token lives 1 to ${MAX_DAYS} days.` });
  }
  if (fields.length > 0) throw new DomainError('invalid', 'token.invalid', 'The token cannot be made so.', fields);
  return { name, scopes, days };
}

function shown({ id, name, scopes, createdAt, expiresAt, lastUsedAt }: StoredToken): TokenInfo {
  return { id, name, scopes, createdAt, expiresAt, ...(lastUsedAt === undefined ? {} : { lastUsedAt }) };
}

function freshToken(): string {
  const random = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43);
  return `cb_${random}${checksumOf(random)}`;
}

function checksumOf(random: string): string {
  return base62(BigInt(crc32(random)), 6);
}

function base62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; digits.length < length; rest /= 62n) digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
  return digits;
}

function indexKey(personId: string, id: string): string {
  return `${hash(personId)}:${id}`;
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
