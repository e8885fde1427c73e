const MAX_LENGTH = 2048;

/**
 * Where to go after sign-in: an absolute address within the portal, whatever was asked for. Wanted is a path that
 * begins with one `/`, not followed by `/` or `\` (both lead to another host), without control characters
 * (browsers drop tabs and line breaks, so `/<tab>/host` would become `//host`) and not a sign-in route (a loop).
 * Anything else is the start page. The answer carries the origin, so that a path like `/.//host` stays at home.
 */
export function safeReturnTo(wanted: unknown, origin: string): string {
  const home = `${origin}/`;
  if (typeof wanted !== 'string' || wanted.length > MAX_LENGTH || !/^\/(?![/\\])[^\p{Cc}]*$/u.test(wanted)) return home;
  const url = URL.parse(wanted, origin);
  if (url?.origin !== origin || url.pathname.startsWith('/auth/')) return home;
  return url.href;
}
