/** Roles of the vendor's staff (D9). A staff member can hold several. */
export const STAFF_ROLES = ['engineer', 'account_owner', 'knowledge_author', 'administrator'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** Roles of a named contact in one company (R16): A administers the subscription, U is a user. */
export type CustomerRole = 'A' | 'U';

/** Whoever causes a command: a customer in one company, a member of staff, or Casebook itself. */
export type Actor =
  | {
      readonly kind: 'customer';
      readonly personId: string;
      readonly companyId: string;
      readonly role: CustomerRole;
    }
  | { readonly kind: 'staff'; readonly personId: string; readonly roles: readonly StaffRole[] }
  | { readonly kind: 'system'; readonly name: string };

/** The id under which an actor stands in event metadata: a person's id, or `system:<name>`. */
export function actorId(actor: Actor): string {
  return actor.kind === 'system' ? `system:${actor.name}` : actor.personId;
}

/** True when the actor is staff and holds at least one of the roles; without roles, when the actor is staff at all. */
export function isStaff(actor: Actor, ...roles: readonly StaffRole[]): boolean {
  return actor.kind === 'staff' && (roles.length === 0 || roles.some((role) => actor.roles.includes(role)));
}
