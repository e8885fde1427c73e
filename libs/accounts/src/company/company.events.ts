import type { CustomerRole, DomainEvent, EventType } from '@casebook/kernel';

export type CompanyEvent =
  | DomainEvent<
      'accounts.CompanyRegistered',
      { readonly name: string; readonly timeZone: string; readonly mailDomains: readonly string[] }
    >
  | DomainEvent<'accounts.AccountOwnerNamed', { readonly personId: string }>
  | DomainEvent<
      'accounts.SubscriptionStarted',
      {
        readonly subscriptionId: string;
        readonly serviceId: string;
        readonly planId: string;
        readonly from: string;
        readonly until: string;
      }
    >
  | DomainEvent<'accounts.SubscriptionEnded', { readonly subscriptionId: string; readonly at: string }>
  | DomainEvent<'accounts.ContactLimitSet', { readonly limit: number }>
  | DomainEvent<'accounts.MemberInvited', { readonly personId: string; readonly role: CustomerRole }>
  | DomainEvent<'accounts.MembershipRequested', { readonly personId: string }>
  | DomainEvent<'accounts.MembershipDeclined', { readonly personId: string }>
  | DomainEvent<'accounts.MemberJoined', { readonly personId: string }>
  | DomainEvent<'accounts.MemberRoleChanged', { readonly personId: string; readonly role: CustomerRole }>
  | DomainEvent<'accounts.MemberLocked', { readonly personId: string }>
  | DomainEvent<'accounts.MemberUnlocked', { readonly personId: string }>;

/** Companies hold no personal data: people stand here by id alone. */
export const companyCatalog = {
  'accounts.CompanyRegistered': { sealed: {}, plain: ['name', 'timeZone', 'mailDomains[]'] },
  'accounts.AccountOwnerNamed': { sealed: {}, plain: ['personId'] },
  'accounts.SubscriptionStarted': { sealed: {}, plain: ['subscriptionId', 'serviceId', 'planId', 'from', 'until'] },
  'accounts.SubscriptionEnded': { sealed: {}, plain: ['subscriptionId', 'at'] },
  'accounts.ContactLimitSet': { sealed: {}, plain: [] },
  'accounts.MemberInvited': { sealed: {}, plain: ['personId', 'role'] },
  'accounts.MembershipRequested': { sealed: {}, plain: ['personId'] },
  'accounts.MembershipDeclined': { sealed: {}, plain: ['personId'] },
  'accounts.MemberJoined': { sealed: {}, plain: ['personId'] },
  'accounts.MemberRoleChanged': { sealed: {}, plain: ['personId', 'role'] },
  'accounts.MemberLocked': { sealed: {}, plain: ['personId'] },
  'accounts.MemberUnlocked': { sealed: {}, plain: ['personId'] },
} satisfies Record<CompanyEvent['type'], EventType>;
