import type { Actor } from '@casebook/kernel';

/**
 * Who is who: what sign-in asks of the accounts. Sign-in proves an identity; the directory alone knows people,
 * companies, subscriptions and rights. It is asked on every request, so it answers from memory.
 */
export interface Directory {
  /**
   * Finds the person of a proven identity, links or requests one where the rules allow it (R24, D15), or refuses.
   * A known (issuer, subject) is that person whatever the mail address says; linking by e-mail asks for
   * `emailVerified`. Called once per sign-in, before a session exists.
   */
  signIn(identity: Identity): Promise<SignInOutcome>;
  /**
   * A person's rights as they are now. For a customer: in exactly `companyId`, or without it in the first company
   * that lets them in; staff have none. Undefined when the person is unknown, locked there, erased, or the company
   * has no valid subscription (R2): the session or token is then worth nothing.
   */
  principal(personId: string, companyId?: string): Promise<Principal | undefined>;
}

/** What the provider proved. (issuer, subject) is the identity; the rest describes it and can change. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Trimmed, as the provider wrote it otherwise; undefined when it gave none. */
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name: string | undefined;
}

/** `code` is stable and made for programs (`subscription.none`), `message` a plain sentence that the page shows. */
export type SignInOutcome =
  | { readonly personId: string; readonly companyId?: string }
  | { readonly refused: { readonly code: string; readonly message: string } };

/** A person and what they may do now. `actor` is what commands receive. */
export interface Principal {
  readonly actor: Exclude<Actor, { readonly kind: 'system' }>;
  readonly name: string;
  readonly email: string;
  /** The companies the person can change to, by name; none for staff. */
  readonly companies: readonly CompanyRef[];
}

export interface CompanyRef {
  readonly id: string;
  readonly name: string;
}
