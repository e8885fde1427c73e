import { escapeHtml, page } from '../page';

/** A person whom the demo lets in. */
export interface DemoAccount {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  /** Who that is, in a few words: "Acme Retail, administers the subscription". */
  readonly hint: string;
}

export const DEMO_PASSWORD = 'demo';

/** The login page. `wrong` is the login that was just refused. */
export function loginPage(action: string, accounts: readonly DemoAccount[], wrong?: string): string {
  const error =
    wrong === undefined
      ? ''
      : `<p class="ban" role="alert" id="wrong">That e-mail and password do not belong together. The password is <code>${DEMO_PASSWORD}</code> for all.</p>`;
  const described = wrong === undefined ? '' : ' aria-describedby="wrong" aria-invalid="true"';
  const buttons = accounts
    .map(
      ({ email, name, hint }) =>
        `<li><button class="who" form="accounts" name="account" value="${escapeHtml(email)}"><b>${escapeHtml(name)}</b><span>${escapeHtml(hint)}</span><span>${escapeHtml(email)}</span></button></li>`,
    )
    .join('\n');
  return page({
    title: 'Demo sign-in',
    foot: 'Demo identity provider',
    body: `<h1>Sign in to the demo</h1>
<p class="mid">In production this page is your own identity provider's. Casebook never sees a password.</p>
${error}<form method="post" action="${escapeHtml(action)}">
<div class="fld"><label for="login">Work e-mail</label><input class="in" id="login" name="login" type="email" autocomplete="username" required${wrong === undefined ? ' autofocus' : ''} value="${escapeHtml(wrong ?? '')}"${described}></div>
<div class="fld"><label for="password">Password</label><input class="in" id="password" name="password" type="password" autocomplete="current-password" required${wrong === undefined ? '' : ' autofocus'}></div>
<button class="btn pri" type="submit">Sign in</button>
</form>
<p class="s13 dim">The password is <code>${DEMO_PASSWORD}</code> for everybody.</p>`,
    aside: `<h2 id="people">Or sign in as</h2>
<form id="accounts" method="post" action="${escapeHtml(action)}"></form>
<ul aria-labelledby="people">
${buttons}
</ul>`,
  });
}

/** Submits the logout form at once where scripts run; without them the button does. */
export const LOGOUT_SCRIPT = "document.getElementById('yes').click()";

/** The page between logout and the portal. `form` is the provider's own HTML with the id `op.logoutForm`. */
export function logoutPage(form: string): string {
  return page({
    title: 'Signing out',
    foot: 'Demo identity provider',
    body: `<h1>Sign out of the demo provider too?</h1>
<p class="mid">You are signed out of Casebook. This ends the session at the demo identity provider as well.</p>
${form}<p><button class="btn pri" id="yes" form="op.logoutForm" type="submit" name="logout" value="yes">Sign out</button></p>
<script>${LOGOUT_SCRIPT}</script>`,
  });
}

/** What a visitor sees who comes too late or with a damaged address. */
export function demoErrorPage(): string {
  return page({
    title: 'This page is no longer valid',
    foot: 'Demo identity provider',
    body: `<h1>This page is no longer valid</h1>
<p class="mid">The sign-in took too long, was finished in another tab, or its address is damaged.</p>
<p><a class="btn pri" href="/auth/login">Start again</a></p>`,
  });
}
