/** Why a sign-in ends without a session. The codes are stable; docs/sign-in.md lists them. */
const REFUSALS = {
  'sign_in.expired': {
    status: 400,
    title: 'This sign-in is no longer valid',
    message: 'It took longer than ten minutes, was already used, or began in another browser. Please start again.',
  },
  'sign_in.invalid': {
    status: 400,
    title: 'This sign-in link is damaged',
    message: 'The address lacks what a sign-in needs. Please start again.',
  },
  'sign_in.no_access': {
    status: 403,
    title: 'You have no access at present',
    message: 'Your account is locked, or your company has no valid subscription.',
  },
  'provider.denied': {
    status: 403,
    title: 'The sign-in was cancelled',
    message: 'The sign-in service says that it was cancelled or not allowed.',
  },
  'provider.error': {
    status: 502,
    title: 'The sign-in service refused',
    message: 'It answered with an error. Please try again; if it stays, tell whoever runs your sign-in service.',
  },
  'provider.answer_invalid': {
    status: 502,
    title: 'The sign-in could not be verified',
    message: 'The answer of the sign-in service did not pass our checks, so nobody was signed in. Please try again.',
  },
  'provider.unavailable': {
    status: 503,
    title: 'The sign-in service does not answer',
    message: 'Casebook itself works, but nobody can sign in until it is back. Please try again in a minute.',
  },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal as the page shows it. */
export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly message: string;
}

/** Thrown where a sign-in must stop. `detail` is for the log alone: it may quote what the provider sent. */
export class SignInRefused extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'SignInRefused';
  }

  get refusal(): Refusal {
    return { code: this.code, ...REFUSALS[this.code] };
  }
}

/** An error of our own in the middle of a sign-in. */
export const BROKEN: Refusal = {
  code: 'internal',
  status: 500,
  title: 'Something broke on our side',
  message: 'Nobody was signed in. We made a mistake, and it is in our log. Please try again.',
};

/** A refusal by the directory, which has its own codes and words. */
export function directoryRefusal(code: string, message: string): Refusal {
  return { code, status: 403, title: 'You cannot sign in yet', message };
}
