import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { SessionStore } from './session-store';

/** Leads whoever is not signed in to the sign-in page, and back afterwards. */
export const signedInGuard: CanActivateFn = (_route, state) => {
  if (inject(SessionStore).me()) return true;
  return inject(Router).createUrlTree(['/sign-in'], { queryParams: state.url === '/' ? {} : { returnTo: state.url } });
};

export const staffGuard: CanActivateFn = () => inject(SessionStore).isStaff() || inject(Router).createUrlTree(['/']);
export const customerGuard: CanActivateFn = () =>
  inject(SessionStore).isCustomer() || inject(Router).createUrlTree(['/']);
