import { createHash, randomBytes } from 'node:crypto';
import { type StateStore } from '@casebook/state';

/** A signed-in browser. */
export interface Session {
  /** Names the session without opening it (a hash of the id): for logs and for closing connections. */
  readonly key: string;
  readonly personId: string;
  /** The company the person works in now; absent for staff. */
  readonly companyId: string | undefined;
}

export interface NewSession {
  readonly personId: string;
  readonly companyId: string | undefined;
  readonly issuer: string;
  readonly subject: string;
  /** The provider's own session. */
  readonly sid: string | undefined;
  readonly idToken: string;
}

/** A session that is over, or whose company changed: connections that belong to it must be closed. */
export interface SessionChange {
  readonly key: string;
  readonly personId: string;
  readonly what: 'ended' | 'company-changed';
}

interface StoredSession {
  readonly personId: string;
  readonly companyId?: string;
  readonly createdAt: number;
  readonly seenAt: number;
  /** Its entries in the index, removed with it. */
  readonly index: readonly string[];
}

const IDLE_MS = 30 * 60_000;
const ABSOLUTE_MS = 12 * 60 * 60_000;
const TOUCH_MS = 60_000;
const SESSIONS = 'auth.session';
const INDEX = 'auth.session-index';
const ID_TOKENS = 'auth.id-token';
const ABSOLUTE_SECONDS = ABSOLUTE_MS / 1000;

/**
 * Sessions on the state store, under a hash of their id: who reads the store cannot use one. A session ends after
 * 30 minutes without a request (counted from its last recorded use, which is written at most once a minute) or
 * 12 hours after sign-in. Looking one up is one read, and nothing is cached: an ended session is over at once.
 */
export class Sessions {
  private readonly listeners = new Set<(change: SessionChange) => void>();

  constructor(
    private readonly state: StateStore,
    private readonly clock: () => Date,
  ) {}

  /** Makes a session and answers its secret id, which goes into the cookie and nowhere else. */
  async create(input: NewSession): Promise<string> {
    const id = randomBytes(32).toString('base64url');
    const key = hash(id);
    const now = this.clock().getTime();
    const index = [
      `${personPrefix(input.personId)}${key}`,
      `${subjectPrefix(input.issuer, input.subject)}${key}`,
      ...(input.sid === undefined ? [] : [`${sidPrefix(input.issuer, input.sid)}${key}`]),
    ];
    // The index comes first: a session that it does not know could not be ended.
    for (const entry of index) await this.state.set(INDEX, entry, key, { ttlSeconds: ABSOLUTE_SECONDS });
    await this.state.set(ID_TOKENS, key, input.idToken, { ttlSeconds: ABSOLUTE_SECONDS });
    const { personId, companyId } = input;
    const stored: StoredSession = {
      personId,
      ...(companyId === undefined ? {} : { companyId }),
      createdAt: now,
      seenAt: now,
      index,
    };
    await this.state.set(SESSIONS, key, stored, { ttlSeconds: IDLE_MS / 1000 });
    return id;
  }

  /** The live session of an id, noting its use. */
  async find(id: string | undefined): Promise<Session | undefined> {
    if (id === undefined || !/^[\w-]{43}$/.test(id)) return undefined;
    const key = hash(id);
    const found = await this.state.get<StoredSession>(SESSIONS, key);
    if (!found) return undefined;
    const now = this.clock().getTime();
    const { personId, companyId, createdAt, seenAt } = found.value;
    if (this.left(found.value) <= 0) {
      await this.end(key);
      return undefined;
    }
    if (now - seenAt >= TOUCH_MS) {
      const ttlSeconds = Math.ceil(Math.min(IDLE_MS, createdAt + ABSOLUTE_MS - now) / 1000);
      // A lost race means that somebody else noted the use or ended the session; neither must be undone.
      await this.state.put(SESSIONS, key, { ...found.value, seenAt: now }, found.version, { ttlSeconds });
    }
    return { key, personId, companyId };
  }

  /** True while the session is not over. Does not count as use, so that an open page alone keeps nobody signed in. */
  async isLive(key: string): Promise<boolean> {
    const found = await this.state.get<StoredSession>(SESSIONS, key);
    return found !== undefined && this.left(found.value) > 0;
  }

  /** Moves a session to another company. False when it is over. */
  async setCompany(key: string, companyId: string): Promise<boolean> {
    for (;;) {
      const found = await this.state.get<StoredSession>(SESSIONS, key);
      if (!found) return false;
      const { createdAt, personId } = found.value;
      const left = Math.min(IDLE_MS, createdAt + ABSOLUTE_MS - this.clock().getTime());
      const ttlSeconds = Math.max(1, Math.ceil(left / 1000));
      if (await this.state.put(SESSIONS, key, { ...found.value, companyId }, found.version, { ttlSeconds })) {
        this.tell({ key, personId, what: 'company-changed' });
        return true;
      }
    }
  }

  /** The ID token of a session, as a hint for the provider's logout page. */
  async idToken(key: string): Promise<string | undefined> {
    return (await this.state.get<string>(ID_TOKENS, key))?.value;
  }

  async end(key: string): Promise<void> {
    const found = await this.state.get<StoredSession>(SESSIONS, key);
    await this.state.delete(SESSIONS, key);
    await this.state.delete(ID_TOKENS, key);
    if (!found) return;
    for (const entry of found.value.index) await this.state.delete(INDEX, entry);
    this.tell({ key, personId: found.value.personId, what: 'ended' });
  }

  /** Ends all sessions of a person, or those that are in one company; over when it answers. */
  async endPerson(personId: string, companyId?: string): Promise<number> {
    if (companyId === undefined) return this.endAll(personPrefix(personId));
    let count = 0;
    const prefix = personPrefix(personId);
    for (let after: string | undefined; ;) {
      const page = await this.state.list<string>(INDEX, { prefix, ...(after !== undefined && { after }) });
      for (const entry of page) {
        const found = await this.state.get<StoredSession>(SESSIONS, entry.value);
        if (found?.value.companyId !== companyId) continue;
        await this.end(entry.value);
        count += 1;
      }
      after = page.at(-1)?.key;
      if (after === undefined) return count;
    }
  }

  /** Ends what a back-channel logout names: the sessions of one provider session, else all of the subject. */
  async endAtProvider(issuer: string, ended: { sid: string | undefined; subject: string | undefined }) {
    if (ended.sid !== undefined) return this.endAll(sidPrefix(issuer, ended.sid));
    return ended.subject === undefined ? 0 : this.endAll(subjectPrefix(issuer, ended.subject));
  }

  /** Tells of ended and changed sessions in this process, until the answered function is called. */
  onChange(listener: (change: SessionChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Milliseconds until the session ends if nobody uses it. */
  private left({ seenAt, createdAt }: StoredSession): number {
    return Math.min(seenAt + IDLE_MS, createdAt + ABSOLUTE_MS) - this.clock().getTime();
  }

  private async endAll(prefix: string): Promise<number> {
    let count = 0;
    for (;;) {
      const entries = await this.state.list<string>(INDEX, { prefix });
      if (entries.length === 0) return count;
      for (const entry of entries) {
        await this.end(entry.value);
        await this.state.delete(INDEX, entry.key);
        count += 1;
      }
    }
  }

  private tell(change: SessionChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

function personPrefix(personId: string): string {
  return `person:${hash(personId)}:`;
}

function subjectPrefix(issuer: string, subject: string): string {
  return `subject:${hash(JSON.stringify([issuer, subject]))}:`;
}

function sidPrefix(issuer: string, sid: string): string {
  return `sid:${hash(JSON.stringify([issuer, sid]))}:`;
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
