import { allRules } from '../rules/rules';
import { bundledReference } from '../reference/reference';
import { buildCollection, type Given } from '../testing/build-collection';
import { htmlReport } from './html';
import { markdownReport } from './markdown';
import { failsFrom, makeReport, tally } from './report';
import { textReport } from './text';
import { headline } from './words';

const reportOf = (given: Given = {}) =>
  makeReport(buildCollection(given), { rules: allRules, reference: bundledReference });
const sick = reportOf({
  unread: { 'pg.hba_rules': ['denied', '42501'] },
  settings: { autovacuum: 'off', max_connections: '600' },
  rows: { 'pg.slots': [{ slot_name: 'par2', wal_status: 'unreserved' }] },
});

describe('a report', () => {
  it('puts the worst first and counts reviews apart', () => {
    expect(sick.findings.slice(0, 3).map(({ rule, severity }) => `${rule} ${severity ?? ''}`)).toEqual([
      'pg.autovacuum.enabled critical',
      'pg.slot.lost high',
      'pg.connections.max warning',
    ]);
    expect(tally(sick.findings)).toMatchObject({ critical: 1, high: 1, warning: 0, review: 1 });
    expect(headline(sick)).toMatch(/^Open: 1 critical, 1 high, 1 to review; \d+ passed, 2 could not be evaluated\.$/);
  });

  it('has one finding per rule, in the public shape', () => {
    expect(sick.findings).toHaveLength(allRules.length);
    expect(sick.collection).toEqual({
      id: expect.any(String) as string,
      host: 'pg-ams-1',
      kind: 'postgresql',
      takenAt: '2026-11-20T01:02:12.000Z',
      complete: false,
    });
    expect(sick.findings.find(({ rule }) => rule === 'pg.autovacuum.enabled')).toMatchObject({
      version: 1,
      title: 'Autovacuum enabled',
      target: 'postgresql',
      kind: 'automated',
      outcome: 'fail',
      severity: 'critical',
      facts: { autovacuum: 'off', track_counts: 'on' },
      remedy: expect.stringContaining('Set autovacuum = on') as string,
    });
    const unknown = sick.findings.find(({ rule }) => rule === 'pg.hba.trust');
    expect(unknown).toMatchObject({ outcome: 'not_evaluated', reason: 'pg.hba_rules: permission denied (42501).' });
    expect(unknown).not.toHaveProperty('severity');
  });

  it('is complete only when every item was read', () => {
    expect(reportOf().collection.complete).toBe(true);
    expect(reportOf({ unread: { 'pg.slots': ['invalid', 'line 1 is not JSON'] } }).collection.complete).toBe(false);
    expect(reportOf({ unread: { 'db.tables_top': ['skipped', 'depth'] } }).collection.complete).toBe(true);
  });

  it('says so when half of what was asked for could not be read', () => {
    const names = Object.keys(buildCollection().parts);
    const denied = (count: number) =>
      Object.fromEntries(names.slice(0, count).map((name) => [name, ['denied', '42501'] as const]));
    const half = Math.ceil(names.length / 2);
    expect(reportOf({ unread: denied(half - 1) }).about.caution).toBeNull();
    expect(reportOf({ unread: denied(half) }).about.caution).toMatch(
      /^\d+ of \d+ items could not be read, so this report says little; .* pg_monitor\.$/,
    );
    expect(textReport(reportOf({ unread: denied(half) }))).toContain('this report says little');
  });

  it('knows from which severity it fails', () => {
    expect([failsFrom(sick, 'critical'), failsFrom(reportOf(), 'warning')]).toEqual([true, false]);
    const high = reportOf({ rows: { 'pg.slots': [{ wal_status: 'unreserved' }] } });
    expect([failsFrom(high, 'critical'), failsFrom(high, 'high'), failsFrom(high, 'warning')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('says that a healthy server has no failed test', () => {
    expect(headline(reportOf())).toMatch(/^No test failed; \d+ passed\.$/);
  });
});

describe('hostile values', () => {
  const name = '</pre><script>alert("x")</script>\u001b[2J\u202e`*|';
  const report = reportOf({ rows: { 'pg.slots': [{ slot_name: name, wal_status: 'lost' }] } });

  it('stay text in HTML', () => {
    const page = htmlReport([report]);
    expect(page).not.toContain('<script');
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)');
  });

  it('stay on their line and carry no codes in text and Markdown', () => {
    for (const text of [textReport(report), markdownReport(report)])
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(markdownReport(report)).toContain('&lt;/pre>'.replace('>', '\\>'));
  });

  it('cannot ask for other values of a sentence', () => {
    const odd = reportOf({ rows: { 'pg.slots': [{ slot_name: '{__proto__} {slots}', wal_status: 'lost' }] } });
    expect(odd.findings.find(({ rule }) => rule === 'pg.slot.lost')?.summary).toBe(
      'Slots: {__proto__} {slots} (lost).',
    );
  });
});

describe('the HTML page', () => {
  const page = htmlReport([sick, reportOf()]);

  it('loads and runs nothing', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<img|<link|<iframe|@import|url\(|\son\w+=/i);
    for (const [, href] of page.matchAll(/\ssrc="|href="([^"]*)"/g)) expect(href).toMatch(/^https:\/\//);
  });

  it('marks the value that decided and names its place', () => {
    expect(page).toContain('<mark>&quot;setting&quot;:&quot;off&quot;</mark>');
    expect(page).toContain('postgresql/settings.ndjson line 1');
  });

  it('holds every report', () => {
    expect(page.match(/advisory report<\/h1>/g)).toHaveLength(2);
  });
});
