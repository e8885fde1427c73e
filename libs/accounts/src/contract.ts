/** What other contexts may know of accounts. */
import type { Actor } from '@casebook/kernel';
import type { Plan } from './catalogue/plans';
import type { Service } from './catalogue/services';

export type { Plan } from './catalogue/plans';
export type { Product } from './catalogue/products';
export type { Service } from './catalogue/services';
export { planById, PLANS } from './catalogue/plans';
export { productById, PRODUCTS } from './catalogue/products';
export { serviceById, SERVICES } from './catalogue/services';
export { SEVERITY_DEFINITIONS } from './catalogue/severities';

/** A service that a company may use now, under the plan of its valid subscription. */
export interface Entitlement {
  readonly service: Service;
  readonly plan: Plan;
}

/** A person as tickets show them. `name` is null when the person was erased. */
export interface PersonCard {
  readonly id: string;
  readonly name: string | null;
  readonly side: 'customer' | 'vendor';
  readonly role?: 'A' | 'U';
}

export interface CompanyCard {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
}

/** What tickets ask of accounts: rights from the streams themselves, names from views. */
export interface Accounts {
  /** Services that the company may use at the instant, each under its plan; empty without a valid subscription (R2). */
  entitlements(companyId: string, now: string): Promise<readonly Entitlement[]>;
  /** True for staff with the role engineer who are not locked. */
  isEngineer(personId: string): Promise<boolean>;
  /**
   * Names for ids, with the role in this company; without one, a role that the person has wherever they are. Unknown
   * ids are left out.
   */
  people(ids: Iterable<string>, companyId?: string): Promise<Record<string, PersonCard>>;
  company(id: string): Promise<CompanyCard | undefined>;
  /** The actor with today's rights, or undefined when locked or without subscription. */
  actor(personId: string, companyId?: string): Promise<Actor | undefined>;
}
