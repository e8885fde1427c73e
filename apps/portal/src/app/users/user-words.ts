import type { User } from '../api/types';
import type { UserAction } from './user-rules';

export const ROLE_WORDS = { A: 'Subscription admin', U: 'User' } as const;

export const STATUS_WORDS: Readonly<
  Record<NonNullable<User['status']>, { icon: string; look: string; word: string; more?: string }>
> = {
  active: { icon: 'i-check', look: 'ok', word: 'active' },
  invited: { icon: 'i-hourglass', look: '', word: 'invited', more: 'not signed in yet' },
  locked: { icon: 'i-lock', look: 'line', word: 'locked' },
  requested: { icon: 'i-user-question', look: 'warn', word: 'asks to be let in' },
};

export const ACTION_WORDS: Readonly<Record<UserAction, { icon: string; verb: string }>> = {
  promote: { icon: 'i-user-up', verb: 'Make admin' },
  demote: { icon: 'i-user-down', verb: 'Make user' },
  lock: { icon: 'i-lock', verb: 'Lock' },
  unlock: { icon: 'i-lock-open', verb: 'Unlock' },
  accept: { icon: 'i-user-check', verb: 'Accept' },
  decline: { icon: 'i-user-x', verb: 'Decline' },
};

/** What the confirmation says: title, consequence, and what is told when it is done. */
export function confirmation(
  action: UserAction,
  name: string,
  isSelf: boolean,
): { title: string; text: string; done: string } {
  const who = isSelf ? 'You' : name;
  switch (action) {
    case 'promote':
      return {
        title: `Make ${name} subscription admin?`,
        text: `${name} can then invite, lock and promote people of your company, once signed in anew.`,
        done: `${name} is subscription admin.`,
      };
    case 'demote':
      return {
        title: isSelf ? 'Give up being subscription admin?' : `Make ${name} a user?`,
        text: `${who} can then no longer manage users, and ${isSelf ? 'have' : 'has'} to sign in anew. Tickets stay open to ${isSelf ? 'you' : name} as before.`,
        done: isSelf ? 'You are a user now.' : `${name} is a user.`,
      };
    case 'lock':
      return {
        title: isSelf ? 'Lock yourself out?' : `Lock ${name}?`,
        text: `${isSelf ? 'You are' : `${name} is`} signed out at once and cannot sign in until an admin unlocks ${isSelf ? 'you' : 'them'}. The place among the contacts becomes free.`,
        done: isSelf ? 'You are locked.' : `${name} is locked.`,
      };
    case 'unlock':
      return {
        title: `Unlock ${name}?`,
        text: `${name} can sign in again and takes a place among the contacts.`,
        done: `${name} is unlocked.`,
      };
    case 'accept':
      return {
        title: `Let ${name} in?`,
        text: `${name} becomes a named contact with the role U and sees the tickets of your company.`,
        done: `${name} is a named contact.`,
      };
    case 'decline':
      return {
        title: `Decline ${name}?`,
        text: `${name} does not become a contact of your company and can ask again.`,
        done: `The request of ${name} is declined.`,
      };
  }
}
