import { items } from '../../format/items';
import type { Facts } from '../facts';
import { fail, info, pass, rule } from '../rule';

const { settings, fileSettings, hbaRules } = items.pg;

const restart = rule({
  id: 'pg.restart.pending',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [settings] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts }) => {
    const hits = facts.rows(settings).filter((row) => row.pending_restart === true);
    const names = hits.map((row) => row.name);
    if (hits.length === 0) return pass({ settings: 0 });
    return fail(
      'warning',
      { settings: hits.length, names },
      hits.map((row) => facts.evidence(settings, row, 'pending_restart')),
    );
  },
});

/** The server also reports values that wait for a restart, or that its command line overrides, as not applicable. */
function isMerelyNotInForce(facts: Facts, name: string | null): boolean {
  const setting = name === null ? null : facts.setting(name);
  return setting?.pending_restart === true || setting?.source === 'command line';
}

const errors = rule({
  id: 'pg.config.errors',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [fileSettings], optional: [hbaRules] },
  thresholds: {},
  outcomes: ['pass', 'fail:high', 'not_evaluated'],
  run: ({ facts }) => {
    const files = facts
      .rows(fileSettings)
      .filter((row) => row.error !== null && row.error !== '' && !isMerelyNotInForce(facts, row.name))
      .map((row) => ({
        where: `${row.sourcefile ?? 'a file'}:${row.sourceline ?? '?'} ${row.name ?? ''}`.trim(),
        evidence: () => facts.evidence(fileSettings, row, 'error'),
      }));
    const hba = facts
      .rows(hbaRules)
      .filter((row) => row.error !== null && row.error !== '')
      .map((row) => ({
        where: `${row.file_name ?? 'pg_hba.conf'}:${row.line_number ?? '?'}`,
        evidence: () => facts.evidence(hbaRules, row, 'error'),
      }));
    const hits = [...files, ...hba];
    if (hits.length === 0) return pass({ errors: 0 });
    const found = { errors: hits.length, where: hits.map(({ where }) => where) };
    return fail(
      'high',
      found,
      hits.slice(0, 5).map(({ evidence }) => evidence()),
    );
  },
});

const logging = rule({
  id: 'pg.logging.basic',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [settings] },
  thresholds: {},
  outcomes: ['pass', 'info', 'not_evaluated'],
  run: ({ facts }) => {
    const off = ['log_checkpoints', 'log_lock_waits'].filter((name) => facts.settingText(name) === 'off');
    return off.length === 0 ? pass({ off }) : info({ off }, facts.settingEvidence(...off));
  },
});

export const configRules = [restart, errors, logging] as const;
