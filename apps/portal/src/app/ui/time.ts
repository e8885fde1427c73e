/* Times as the reader sees them: in their own zone, the zone named. */

/** Each locale knows the short names of its own part of the world. */
const ZONE_LOCALES = ['en-GB', 'en-US', 'en-IN', 'en-AU', 'en-ZA'];

/** `02:56` today, `Thu 22:48` within a week, `12 Nov` before that. */
export function shortTime(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (at.toDateString() === now.toDateString()) return clock(iso);
  const days = (now.getTime() - at.getTime()) / 86_400_000;
  if (days >= 0 && days < 6.5) return `${part(at, { weekday: 'short' })} ${clock(iso)}`;
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return part(at, { day: 'numeric', month: 'short', ...year });
}

/** `02:56` in the reader's zone, or in another one. */
export function clock(iso: string, timeZone?: string): string {
  return part(new Date(iso), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone !== undefined && { timeZone }),
  });
}

/** `Fri 20 Nov 2026, 01:52 CET`. */
export function fullTime(iso: string, timeZone?: string): string {
  const at = new Date(iso);
  const zone = timeZone === undefined ? {} : { timeZone };
  const weekday = part(at, { weekday: 'short', ...zone });
  const date = part(at, { day: 'numeric', month: 'short', year: 'numeric', ...zone });
  return `${weekday} ${date}, ${clock(iso, timeZone)} ${zoneOf(at, timeZone)}`;
}

/** `2026-11-20 00:52:13 UTC`, for whoever hovers. */
export function utcTime(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** `28 min`, `1:14 h`, `3 d 4 h`. Negative spans read as 0 min. */
export function span(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}:${String(minutes % 60).padStart(2, '0')} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** Short name of a zone at an instant: CET, IST, EST; GMT+9 where English has no name for it. */
export function zoneOf(at = new Date(), timeZone?: string): string {
  const names = ZONE_LOCALES.map((locale) => zoneName(locale, at, timeZone));
  return names.find((name) => !/^(?:GMT|UTC)[+-]/.test(name)) ?? names[0] ?? 'UTC';
}

function zoneName(locale: string, at: Date, timeZone: string | undefined): string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZoneName: 'short',
    ...(timeZone !== undefined && { timeZone }),
  });
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}

function part(at: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', options).format(at);
}

/** `Fri 20 Nov 2026`, the day in the reader's zone. */
export function dayOf(iso: string): string {
  const at = new Date(iso);
  return `${part(at, { weekday: 'short' })} ${part(at, { day: 'numeric', month: 'short', year: 'numeric' })}`;
}

/** `06:22` today, `Thu 22:48` within a week, `12 Nov 22:48` before that: never without the time of day. */
export function exactTime(iso: string, now = new Date()): string {
  const short = shortTime(iso, now);
  return short.includes(':') ? short : `${short} ${clock(iso)}`;
}
