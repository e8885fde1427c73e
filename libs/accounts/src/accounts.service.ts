import { randomUUID } from 'node:crypto';
import { DomainError, type Actor, type CustomerRole, type Position, type StaffRole } from '@casebook/kernel';
import type { Directory, Identity, Principal, SignInOutcome } from '@casebook/auth';
import { Aggregate, freshCommandId, stableId, type CommandResult, type Envelope } from '@casebook/commands';
import type { EventLog } from '@casebook/event-store';
import type { Keyring } from '@casebook/keys';
import type { ReadModel, Scope } from '@casebook/read-model';
import type { StateStore } from '@casebook/state';
import { planById } from './catalogue/plans';
import { serviceById } from './catalogue/services';
import { checkCompanyAccess, companyDecider, requireRoom, type CompanyCommand } from './company/company.decider';
import { validSubscriptions, type CompanyState } from './company/company';
import type { CompanyEvent } from './company/company.events';
import type { Accounts, CompanyCard, Entitlement, PersonCard } from './contract';
import {
  checkPersonAccess,
  personDecider,
  type PersonCommand,
  type PersonEvent,
  type PersonState,
} from './person/person';
import { isPublicMailDomain } from './person/public-mail-domains';
import {
  checkStaffAccess,
  STAFF_ID,
  staffDecider,
  type StaffCommand,
  type StaffEvent,
  type StaffState,
} from './staff/staff';
import type { CompanyDocument } from './views/companies.view';
import type { PersonDocument } from './views/people.view';

const STAFF: Scope = { kind: 'staff' };
const SYSTEM: Actor = { kind: 'system', name: 'accounts' };
const EMAIL_CLAIM = 'claim-email';
const IDENTITY_CLAIM = 'claim-identity';

/**
 * What must happen before a command that takes rights away may answer: sessions, tokens and streams of the person end,
 * in one company where it is that company's doing.
 */
export type EndAccess = (personId: string, companyId?: string) => Promise<void>;

export interface AccountsDependencies {
  readonly log: EventLog;
  readonly state: StateStore;
  readonly keyring: Keyring;
  readonly people: ReadModel<PersonDocument>;
  readonly companies: ReadModel<CompanyDocument>;
  readonly clock: () => Date;
  readonly endAccess: EndAccess;
  /** Waits until the views have handled a position; a person who was just registered can sign in at once. */
  readonly caughtUp: (position: Position) => Promise<void>;
}

interface OpenCompany {
  readonly id: string;
  readonly name: string;
  readonly role: CustomerRole;
  readonly joined: boolean;
}

/** Registration data of a person, whoever registers them. */
export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly phone?: string;
  readonly place?: string;
  readonly timeZone?: string;
}

/** Under which id and time somebody is registered; both are given by demo data alone. */
export interface Registration {
  readonly personId?: string;
  readonly now?: string;
}

/**
 * Companies, people and staff. Rights are read from the streams' own state (cached, refreshed by this process's
 * writes), names and lists from views.
 */
export class AccountsService implements Accounts, Directory {
  readonly #companies: Aggregate<CompanyState, CompanyCommand, CompanyEvent>;
  readonly #people: Aggregate<PersonState, PersonCommand, PersonEvent>;
  readonly #staff: Aggregate<StaffState, StaffCommand, StaffEvent>;

  constructor(private readonly deps: AccountsDependencies) {
    const { log, clock } = deps;
    const version = (_state: unknown, revision: number | 'no-stream') => String(revision);
    this.#companies = new Aggregate(
      {
        name: 'company',
        decider: companyDecider,
        checkAccess: checkCompanyAccess,
        companyOf: (_state, _command, id) => id,
        versionFor: version,
        afterwards: async (events, company) => {
          for (const event of events) {
            const companyId = event.stream.slice('company-'.length);
            for (const personId of this.#loseAccess(event, company)) await deps.endAccess(personId, companyId);
          }
        },
      },
      log,
      clock,
    );
    this.#people = new Aggregate(
      {
        name: 'person',
        decider: personDecider,
        checkAccess: checkPersonAccess,
        companyOf: () => undefined,
        versionFor: version,
      },
      log,
      clock,
    );
    this.#staff = new Aggregate(
      {
        name: 'staff',
        decider: staffDecider,
        checkAccess: checkStaffAccess,
        companyOf: () => undefined,
        versionFor: version,
        afterwards: async (events) => {
          for (const event of events) {
            if (event.type === 'accounts.StaffLocked' || event.type === 'accounts.StaffRolesChanged') {
              await deps.endAccess(event.data.personId);
            }
          }
        },
      },
      log,
      clock,
    );
  }

  /** Takes note of an event in the log, so that rights decided by another instance hold here at once. */
  outrun(stream: string, revision: number): void {
    for (const aggregate of [this.#companies, this.#people, this.#staff]) aggregate.outrun(stream, revision);
  }

  /** Sends a command to a company. */
  async company$(envelope: Envelope<CompanyCommand>): Promise<CommandResult<CompanyState, CompanyEvent>> {
    return this.#companies.handle(envelope);
  }

  /** Sends a command to the vendor's staff. */
  async staff$(envelope: Omit<Envelope<StaffCommand>, 'id'>): Promise<CommandResult<StaffState, StaffEvent>> {
    return this.#staff.handle({ ...envelope, id: STAFF_ID });
  }

  /**
   * Registers a person under a mail address that nobody else has (the claim comes before the append), and answers
   * their id. The same address again answers the same person.
   */
  async register(
    person: NewPerson,
    by: Actor = SYSTEM,
    as: Registration = {},
  ): Promise<{ personId: string; position?: Position }> {
    const key = this.deps.keyring.fingerprint(normalEmail(person.email));
    const claimed = await this.deps.state.get<string>(EMAIL_CLAIM, key);
    const personId = claimed?.value ?? as.personId ?? randomUUID();
    // The claim comes first. Whoever finds it without a person, after a crash, registers them under its id.
    if (!claimed && (await this.deps.state.insert(EMAIL_CLAIM, key, personId)) === undefined) {
      return this.register(person, by, as);
    }
    if (claimed && (await this.#people.current(personId)).state) return { personId };
    const result = await this.#people.handle({
      id: personId,
      command: { type: 'RegisterPerson', data: { personId, ...person, email: person.email.trim() } },
      actor: by.kind === 'customer' ? SYSTEM : by,
      commandId: stableId('register', personId),
      ...(as.now !== undefined && { now: as.now }),
    });
    return { personId, ...(result.position !== undefined && { position: result.position }) };
  }

  /** Registers a person and invites them to a company (R18). */
  async invite(
    companyId: string,
    person: NewPerson,
    role: CustomerRole,
    origin: Pick<Envelope, 'actor' | 'commandId' | 'bodyDigest' | 'correlationId' | 'now'>,
  ): Promise<{ personId: string; position?: Position }> {
    const company = await this.#companies.cached(companyId);
    checkCompanyAccess(company, 'InviteMember', origin.actor, companyId);
    // Whoever cannot be invited is not registered either: their address would be taken, under a name of somebody's choice.
    if (company && (await this.personByEmail(person.email)) === undefined) requireRoom(company);
    const { personId } = await this.register(person, origin.actor, origin.now === undefined ? {} : { now: origin.now });
    if ((await this.#staffMember(personId)) !== undefined) {
      throw new DomainError('conflict', 'member.is_staff', 'This person belongs to the support team.');
    }
    const result = await this.company$({
      ...origin,
      id: companyId,
      command: { type: 'InviteMember', data: { personId, role } },
    });
    return { personId, ...(result.position !== undefined && { position: result.position }) };
  }

  /**
   * Erases a person: their key is destroyed, their claims and access end, and whoever reads the record finds null.
   * The views still hold the words until they are rebuilt, which is the caller's next step.
   */
  async erase(personId: string, by: Actor = SYSTEM): Promise<void> {
    const person = await this.deps.people.get(STAFF, personId);
    const { state } = await this.#people.current(personId);
    await this.#people.handle({
      id: personId,
      command: { type: 'ErasePerson', data: {} },
      actor: by,
      commandId: freshCommandId(),
    });
    await this.deps.endAccess(personId);
    if (typeof person?.email === 'string') {
      await this.deps.state.delete(EMAIL_CLAIM, this.deps.keyring.fingerprint(normalEmail(person.email)));
    }
    for (const identity of state?.identities ?? []) await this.deps.state.delete(IDENTITY_CLAIM, identity);
    await this.deps.keyring.destroyPersonKey(personId);
  }

  /** Id of the person with this mail address. */
  async personByEmail(email: string): Promise<string | undefined> {
    const claim = await this.deps.state.get<string>(EMAIL_CLAIM, this.deps.keyring.fingerprint(normalEmail(email)));
    return claim?.value;
  }

  async signIn(identity: Identity): Promise<SignInOutcome> {
    const key = this.deps.keyring.fingerprint(`${identity.issuer}\u0000${identity.subject}`);
    const known = await this.deps.state.get<string>(IDENTITY_CLAIM, key);
    if (known) return this.#admit(known.value);
    const email = identity.email;
    if (email === undefined || !identity.emailVerified || !isMailAddress(email)) {
      return refused(
        'email.unverified',
        'Your sign-in service did not confirm a mail address, so we cannot tell who you are.',
      );
    }
    const personId = (await this.personByEmail(email)) ?? (await this.#requestMembership(identity, email));
    if (personId === undefined) return UNKNOWN_PERSON;
    const outcome = await this.#admit(personId);
    if ('personId' in outcome) await this.#link(personId, key);
    return outcome;
  }

  async principal(personId: string, companyId?: string): Promise<Principal | undefined> {
    const person = await this.deps.people.get(STAFF, personId);
    if (!person || person.email === null) return undefined;
    const { name, email } = { name: person.name ?? '', email: person.email };
    const staff = await this.#staffMember(personId);
    if (staff) {
      if (staff.locked) return undefined;
      return { actor: { kind: 'staff', personId, roles: staff.roles }, name, email, companies: [] };
    }
    const open = await this.#openCompanies(person);
    const chosen = companyId === undefined ? open[0] : open.find((company) => company.id === companyId);
    if (!chosen) return undefined;
    return {
      actor: { kind: 'customer', personId, companyId: chosen.id, role: chosen.role },
      name,
      email,
      companies: open.map(({ id, name: label }) => ({ id, name: label })),
    };
  }

  async actor(personId: string, companyId?: string): Promise<Actor | undefined> {
    return (await this.principal(personId, companyId))?.actor;
  }

  async entitlements(companyId: string, now: string): Promise<readonly Entitlement[]> {
    const company = await this.#companies.cached(companyId);
    if (!company) return [];
    return validSubscriptions(company, now).flatMap(({ serviceId, planId }) => {
      const service = serviceById(serviceId);
      const plan = planById(planId);
      return service && plan ? [{ service, plan }] : [];
    });
  }

  async isEngineer(personId: string): Promise<boolean> {
    const staff = await this.#staffMember(personId);
    return staff !== undefined && !staff.locked && staff.roles.includes('engineer');
  }

  async people(ids: Iterable<string>, companyId?: string): Promise<Record<string, PersonCard>> {
    const cards: Record<string, PersonCard> = {};
    for (const id of new Set(ids)) {
      const person = await this.deps.people.get(STAFF, id);
      if (!person) continue;
      const role = roleIn(person, companyId);
      cards[id] = {
        id,
        name: person.name,
        side: person.isStaff ? 'vendor' : 'customer',
        ...(role && !person.isStaff && { role }),
      };
    }
    return cards;
  }

  async company(id: string): Promise<CompanyCard | undefined> {
    const company = await this.#companies.cached(id);
    return company && { id, name: company.name, timeZone: company.timeZone };
  }

  /** The company's own state, for `GET /api/me` and user management. */
  async companyState(id: string): Promise<CompanyState> {
    return this.#companies.cached(id);
  }

  /** Whether anybody is administrator: without one, the start page says how to add the first. */
  async hasAdministrator(): Promise<boolean> {
    const staff = await this.#staff.cached(STAFF_ID);
    return Object.values(staff).some((member) => member.roles.includes('administrator') && !member.locked);
  }

  /** Adds a person to the staff, registering them first when needed; changes the roles of one who is staff already. */
  async addStaff(
    person: NewPerson,
    roles: readonly StaffRole[],
    by: Actor = SYSTEM,
    as: Registration = {},
  ): Promise<string> {
    const { personId } = await this.register(person, by, as);
    const staff = await this.#staff.cached(STAFF_ID);
    const contact = await this.deps.people.get(STAFF, personId);
    if (contact && contact.companyIds.length > 0) {
      throw new DomainError(
        'conflict',
        'staff.is_contact',
        'This person is a named contact of a company, and staff never are (D15).',
      );
    }
    await this.staff$({
      command: staff[personId]
        ? { type: 'ChangeStaffRoles', data: { personId, roles } }
        : { type: 'AddStaff', data: { personId, roles } },
      actor: by,
      commandId: freshCommandId(),
      ...(as.now !== undefined && { now: as.now }),
    });
    return personId;
  }

  /** Whose sessions, tokens and streams an event of a company ends: one person's, or everybody's with the last subscription (R2). */
  #loseAccess(event: CompanyEvent, company: CompanyState): readonly string[] {
    switch (event.type) {
      case 'accounts.MemberLocked':
      case 'accounts.MemberRoleChanged':
        return [event.data.personId];
      case 'accounts.SubscriptionEnded':
        return company && validSubscriptions(company, this.deps.clock().toISOString()).length === 0
          ? Object.keys(company.members)
          : [];
      default:
        return [];
    }
  }

  async #staffMember(personId: string) {
    return (await this.#staff.cached(STAFF_ID))[personId];
  }

  /** Companies that let the person in: those they came to before first, so that an invitation moves nobody. */
  async #openCompanies(person: PersonDocument): Promise<OpenCompany[]> {
    const now = this.deps.clock().toISOString();
    const open: OpenCompany[] = [];
    for (const id of person.companyIds) {
      const company = await this.#companies.cached(id);
      const member = company?.members[person.id];
      if (!company || !member || member.status === 'locked' || validSubscriptions(company, now).length === 0) continue;
      open.push({ id, name: company.name, role: member.role, joined: member.joined });
    }
    return open.sort((a, b) => Number(b.joined) - Number(a.joined) || a.name.localeCompare(b.name));
  }

  /** Lets a known person in, or says why not: locked, or no valid subscription (R2). Invited people join by signing in. */
  async #admit(personId: string): Promise<SignInOutcome> {
    const principal = await this.principal(personId);
    if (principal) {
      if (principal.actor.kind === 'customer') await this.join(personId, principal.actor.companyId);
      return { personId };
    }
    const person = await this.deps.people.get(STAFF, personId);
    const memberships = Object.values(person?.companies ?? {});
    if (memberships.some(({ status }) => status === 'requested')) {
      return refused(
        'membership.requested',
        'Your company’s subscription admin has been asked to let you in. Please try again later.',
      );
    }
    if (
      person?.staff?.locked === true ||
      (memberships.length > 0 && memberships.every(({ status }) => status === 'locked'))
    ) {
      return refused('person.locked', 'Your access is locked. A subscription admin of your company can unlock it.');
    }
    if (memberships.length === 0 && !person?.isStaff) return UNKNOWN_PERSON;
    return refused(
      'subscription.none',
      'Your company has no valid subscription or service contract, so the portal is closed to it. Please contact us.',
    );
  }

  /** Whoever enters a company for the first time, by signing in or by changing to it, has joined it. */
  async join(personId: string, companyId: string): Promise<void> {
    await this.company$({
      id: companyId,
      command: { type: 'JoinMember', data: { personId } },
      actor: SYSTEM,
      commandId: freshCommandId(),
    });
  }

  async #link(personId: string, identity: string): Promise<void> {
    await this.deps.state.insert(IDENTITY_CLAIM, identity, personId);
    await this.#people.handle({
      id: personId,
      command: { type: 'LinkIdentity', data: { identity } },
      actor: SYSTEM,
      commandId: freshCommandId(),
    });
  }

  /** R24, D15: a new person with a mail address of a known company asks to be let in; public mail domains never do. */
  async #requestMembership(identity: Identity, email: string): Promise<string | undefined> {
    const domain = normalEmail(email).split('@')[1] ?? '';
    if (domain === '' || isPublicMailDomain(domain)) return undefined;
    const found = await this.deps.companies.find(STAFF, { filter: { where: { mailDomains: domain } }, limit: 1 });
    const company = found.items[0];
    if (!company) return undefined;
    const { personId } = await this.register({ name: identity.name ?? email, email });
    const result = await this.company$({
      id: company.id,
      command: { type: 'RequestMembership', data: { personId } },
      actor: SYSTEM,
      commandId: freshCommandId(),
    });
    if (result.position !== undefined) await this.deps.caughtUp(result.position);
    return personId;
  }
}

/** What somebody is in one company is nobody's business in another. */
function roleIn({ companies }: PersonDocument, companyId: string | undefined): CustomerRole | undefined {
  if (companyId !== undefined) return companies[companyId]?.role;
  const roles = new Set(Object.values(companies).map(({ role }) => role));
  return roles.size === 1 ? [...roles][0] : undefined;
}

/** Nobody, or somebody whom no company knows: never invited, or declined. */
const UNKNOWN_PERSON = refused(
  'person.unknown',
  'We do not know this mail address. Ask a subscription admin of your company to add you, or write to us.',
);

function isMailAddress(email: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(email.trim().normalize('NFKC'));
}

function normalEmail(email: string): string {
  const text = email.trim().normalize('NFKC').toLowerCase();
  if (!isMailAddress(email)) {
    throw new DomainError('invalid', 'person.email', 'This is not a mail address.', [
      { path: 'email', message: 'This is not a mail address.' },
    ]);
  }
  return text;
}

function refused(code: string, message: string): SignInOutcome {
  return { refused: { code, message } };
}
