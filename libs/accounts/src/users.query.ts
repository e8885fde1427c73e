import { DomainError, type Actor } from '@casebook/kernel';
import type { ReadModel, Scope } from '@casebook/read-model';
import { planById } from './catalogue/plans';
import { serviceById } from './catalogue/services';
import { contactsUsed, validSubscriptions } from './company/company';
import type { CompaniesDto, UserDto, UsersDto } from './http/accounts.answers.dto';
import type { CompanyDocument } from './views/companies.view';
import type { Membership, PersonDocument } from './views/people.view';

/** A subscription that ends soon. */
export interface EndingSubscription {
  readonly companyId: string;
  readonly company: string;
  readonly service: string;
  /** ISO. */
  readonly until: string;
  /** Name of the account owner. */
  readonly accountOwner?: string;
}

const STAFF: Scope = { kind: 'staff' };

/** Lists of people and companies, cut to what the reader may see. */
export class UsersQueryService {
  constructor(
    private readonly people: ReadModel<PersonDocument>,
    private readonly companyViews: ReadModel<CompanyDocument>,
    private readonly clock: () => Date,
  ) {}

  /** A customer sees the own company's people; staff see everybody, or one company, or the staff themselves. */
  async list(query: { role?: string; company?: string }, actor: Actor): Promise<UsersDto> {
    if (actor.kind === 'customer') return this.#ofCompany(actor.companyId, query.role, actor);
    if (query.company !== undefined) return this.#ofCompany(query.company, query.role, actor);
    const page = await this.people.find(STAFF, { filter: { where: { isStaff: true } }, limit: 1_000 });
    const items = page.items
      .filter(({ staff }) => query.role === undefined || staff?.roles.some((role) => role === query.role))
      .map((person): UserDto => ({
        id: person.id,
        name: person.name,
        email: person.email,
        side: 'vendor',
        roles: [...(person.staff?.roles ?? [])],
        locked: person.staff?.locked ?? false,
        ...(person.timeZone !== undefined && { timeZone: person.timeZone }),
      }));
    return { items: items.sort(byName) };
  }

  /** Every company with its plan, for staff. */
  async companies(actor: Actor): Promise<CompaniesDto> {
    if (actor.kind !== 'staff')
      throw new DomainError('forbidden', 'company.forbidden', 'Only the support team sees companies.');
    const now = this.clock().toISOString();
    const page = await this.companyViews.find(STAFF, { sort: { name: 1 }, limit: 1_000 });
    return {
      items: page.items.map((company) => {
        const plan = planById(validSubscriptions(company, now)[0]?.planId ?? '');
        return {
          id: company.id,
          name: company.name,
          timeZone: company.timeZone,
          contacts: contactsUsed(company),
          contactLimit: company.contactLimit,
          ...(plan && { plan: { id: plan.id, name: plan.name } }),
          ...(company.accountOwner !== undefined && { accountOwner: company.accountOwner }),
        };
      }),
    };
  }

  /** Subscriptions that are valid now and end before `before`, the nearest first, for administrators. */
  async endingSubscriptions(before: Date): Promise<EndingSubscription[]> {
    const now = this.clock().toISOString();
    const companies = await this.companyViews.find(STAFF, { sort: { name: 1 }, limit: 1_000 });
    const ending = companies.items.flatMap((company) =>
      validSubscriptions(company, now)
        .filter(({ until }) => until < before.toISOString())
        .map(({ serviceId, until }) => ({ company, service: serviceById(serviceId)?.name ?? serviceId, until })),
    );
    const owners = await this.people.getMany(
      STAFF,
      ending.flatMap(({ company }) => company.accountOwner ?? []),
    );
    const nameOf = (id: string | undefined) => owners.get(id ?? '')?.name ?? undefined;
    return ending
      .map(({ company, service, until }) => {
        const accountOwner = nameOf(company.accountOwner);
        const named = { companyId: company.id, company: company.name, service, until };
        return { ...named, ...(accountOwner !== undefined && { accountOwner }) };
      })
      .sort((a, b) => (a.until < b.until ? -1 : Number(a.until > b.until)));
  }

  async #ofCompany(companyId: string, role: string | undefined, actor: Actor): Promise<UsersDto> {
    const scope: Scope =
      actor.kind === 'customer' ? { kind: 'company', companyId: actor.companyId, audience: 'customer' } : STAFF;
    const company = await this.companyViews.get(scope, companyId);
    if (!company) throw new DomainError('missing', 'company.missing', 'This company does not exist.');
    const page = await this.people.find(scope, { filter: { where: { companyIds: companyId } }, limit: 1_000 });
    const items = page.items.flatMap((person): UserDto[] => {
      const member = person.companies[companyId];
      if (!member || (role !== undefined && role !== member.role)) return [];
      const { status } = member;
      const own = {
        id: person.id,
        side: 'customer' as const,
        role: member.role,
        status,
        locked: status === 'locked',
      };
      return [
        { ...own, ...(actor.kind === 'customer' && isStranger(person, member) ? addressOf(person) : card(person)) },
      ];
    });
    return { items: items.sort(byName), contacts: contactsUsed(company), contactLimit: company.contactLimit };
  }
}

/** Whoever works for another company and has not come here yet: inviting an address tells nothing about its owner. */
function isStranger(person: PersonDocument, member: Membership): boolean {
  return !member.joined && person.companyIds.length > 1;
}

function addressOf({ email }: PersonDocument) {
  return { name: email, email };
}

function card({ name, email, timeZone, place, phone }: PersonDocument) {
  return {
    name,
    email,
    ...(timeZone !== undefined && { timeZone }),
    ...(place !== undefined && { place }),
    ...(phone !== undefined && { phone }),
  };
}

function byName(a: UserDto, b: UserDto): number {
  return (a.name ?? '').localeCompare(b.name ?? '');
}
