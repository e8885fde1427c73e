import { dayOf, exactTime, shortTime, span, utcTime, zoneOf, fullTime } from './time';

describe('Times', () => {
  const now = new Date(2026, 10, 20, 12, 0);
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

  it('are the clock today, the weekday within a week, the date before', () => {
    expect(shortTime(at(2026, 10, 20, 6, 22), now)).toBe('06:22');
    expect(shortTime(at(2026, 10, 18, 22, 48), now)).toBe('Wed 22:48');
    expect(shortTime(at(2026, 10, 2, 6, 22), now)).toBe('2 Nov');
    expect(shortTime(at(2025, 10, 2, 6, 22), now)).toBe('2 Nov 2025');
  });

  it('keep the time of day where precision matters', () => {
    expect(exactTime(at(2026, 10, 2, 6, 22), now)).toBe('2 Nov 06:22');
    expect(exactTime(at(2026, 10, 20, 6, 22), now)).toBe('06:22');
  });

  it('name the zone as people there do', () => {
    const winter = new Date('2026-11-20T00:52:00Z');
    expect(zoneOf(winter, 'Europe/Amsterdam')).toBe('CET');
    expect(zoneOf(winter, 'Asia/Kolkata')).toBe('IST');
    expect(zoneOf(winter, 'America/New_York')).toBe('EST');
    expect(fullTime(winter.toISOString(), 'Europe/Amsterdam')).toBe('Fri 20 Nov 2026, 01:52 CET');
  });

  it('read as UTC for whoever asks', () => {
    expect(utcTime('2026-11-20T00:52:13.123Z')).toBe('2026-11-20 00:52:13 UTC');
  });

  it('have a day', () => {
    expect(dayOf(at(2026, 10, 20, 6, 22))).toBe('Fri 20 Nov 2026');
  });

  it('span minutes, hours, days', () => {
    expect([-5, 28 * 60_000, 74 * 60_000, 76 * 3_600_000, 48 * 3_600_000].map(span)).toEqual([
      '0 min',
      '28 min',
      '1:14 h',
      '3 d 4 h',
      '2 d',
    ]);
  });
});
