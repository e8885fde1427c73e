import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { SessionStore } from './session-store';

/**
 * Leads whoever is not signed in to the sign-in page, and back afterwards. Somebody who was signed in on this browser
 * before may still be at the provider: then the session is renewed without a word.
 */
export const signedInGuard: CanActivateFn = (_route, state) => {
  const session = inject(SessionStore);
  if (session.me()) return true;
  if (session.wasHere()) {
    location.assign(`/auth/login?prompt=none&returnTo=${encodeURIComponent(state.url)}`);
    return false;
  }
  return inject(Router).createUrlTree(['/sign-in'], { queryParams: state.url === '/' ? {} : { returnTo: state.url } });
};

export const staffGuard: CanActivateFn = () => inject(SessionStore).isStaff() || inject(Router).createUrlTree(['/']);
export const customerGuard: CanActivateFn = () =>
  inject(SessionStore).isCustomer() || inject(Router).createUrlTree(['/']);
export const administratorGuard: CanActivateFn = () =>
  inject(SessionStore).isAdministrator() || inject(Router).createUrlTree(['/']);
