import { Component, computed, inject, input } from '@angular/core';
import { Logo } from '../shell/logo';
import { SessionStore } from '../session/session-store';

/** Where people begin. The password belongs to their company's own sign-in service (R1). */
@Component({
  selector: 'cb-sign-in-page',
  imports: [Logo],
  template: `<div class="si">
    <div class="nav" role="banner">
      <a class="mark" href="/sign-in"><cb-logo />Casebook</a>
    </div>
    <main id="main">
      <div class="sib">
        <h1 class="si-h">Database support, on the record</h1>
        <p class="mid">Sign in with your company account. Casebook never sees your password.</p>
        @if (session.offline()) {
          <div class="ban warn" role="alert">
            <span></span>
            <div>The portal cannot be reached at the moment. Please call the number beside if production is down.</div>
          </div>
        }
        @if (message(); as text) {
          <div class="ban err-ban" role="alert">
            <i class="i i-alert-circle" aria-hidden="true"></i>
            <div>{{ text }}</div>
          </div>
        }
        <a class="btn pri lg" [href]="target()">Continue to your company sign-in</a>
        <p class="s13 mid">
          First time here? Sign in the same way. Your e-mail domain tells us your company; its subscription admin lets
          you in.
        </p>
      </div>
      <dl class="sia s13">
        <dt>Production down?</dt>
        <dd><b class="si-phone">+49 30 555 0100</b><br />day and night, for S1 and S2</dd>
        <dt>Our mail comes from</dt>
        <dd>helpdesk&#64;support.example<br />notifications&#64;support.example<br />Please let both through.</dd>
        <dt>Ask a person</dt>
        <dd>customer-care&#64;support.example<br />sales&#64;support.example</dd>
      </dl>
    </main>
  </div>`,
})
export class SignInPage {
  protected readonly session = inject(SessionStore);
  readonly returnTo = input<string>();
  readonly refused = input<string>();
  protected readonly target = computed(() => `/auth/login?returnTo=${encodeURIComponent(this.returnTo() ?? '/')}`);
  protected readonly message = computed(() => {
    const code = this.refused();
    return code === undefined
      ? undefined
      : `You were not signed in (${code}). Please try again, or ask your subscription admin.`;
  });
}
