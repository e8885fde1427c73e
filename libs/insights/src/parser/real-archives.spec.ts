import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Collection } from '../format/collection';
import { bundledReference } from '../reference/reference';
import { evaluate } from '../rules/engine';
import { allRules } from '../rules/rules';
import { readCollection } from './open-bytes';

const FOLDER = join(__dirname, '../../fixtures/real');
const archives = readdirSync(FOLDER).filter((name) => name.endsWith('.tar.bz2'));
const read = (name: string): Promise<Collection> => readCollection(readFileSync(join(FOLDER, name)), name);

/** Answers by rule: "pass", "fail critical", ... */
function answers(collection: Collection, others: readonly Collection[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    evaluate(collection, allRules, bundledReference, {}, others).map(({ rule, outcome }) => [
      rule.id,
      outcome.outcome === 'fail' ? `fail ${outcome.severity}` : outcome.outcome,
    ]),
  );
}

describe.each(archives)('the real archive %s', (name) => {
  it('is read whole: no item against the format, no unknown file, no rule that stops', async () => {
    const collection = await read(name);
    const broken = Object.values(collection.parts).flatMap((parts) =>
      parts.filter(({ status }) => status === 'invalid'),
    );
    expect([broken, collection.unknownFiles]).toEqual([[], []]);
    expect(Object.values(answers(collection))).not.toContain('error');
  });
});

describe('what real servers are told', () => {
  it.each([
    ['connections-27', 'pass'],
    ['connections-28', 'fail warning'],
    ['connections-35', 'fail warning'],
    ['connections-36', 'fail critical'],
    ['connections-full', 'fail critical'],
    ['connections-plain', 'not_evaluated'],
  ])('%s: connected clients %s', async (name, answer) => {
    expect(answers(await read(`${name}.tar.bz2`))['pg.connections.used']).toBe(answer);
  });

  it.each([
    [
      'postgresql-12',
      { 'pg.version.minor': 'pass', 'pg.version.eol': 'fail critical', 'pg.public.create': 'fail warning' },
    ],
    ['postgresql-14', { 'pg.version.eol': 'fail critical' }],
    [
      'postgresql-15',
      {
        'pg.version.minor': 'fail high',
        'pg.version.eol': 'pass',
        'pg.cve.affected': 'fail high',
        'pg.public.create': 'pass',
      },
    ],
    ['postgresql-17', { 'pg.version.minor': 'fail high', 'pg.checkpoints.requested': 'pass' }],
    [
      'postgresql-18',
      {
        'pg.sequence.full': 'fail critical',
        'pg.index.duplicate': 'info',
        'pg.autovacuum.table_off': 'fail warning',
        'pg.checksums.off': 'pass',
      },
    ],
    [
      'primary-superuser',
      {
        'pg.slot.inactive': 'fail warning',
        'pg.slot.unbounded': 'fail warning',
        'pg.password.md5': 'fail warning',
        'pg.config.errors': 'fail high',
        'pg.fsync': 'fail critical',
        'pg.replication.lag': 'pass',
        'pg.replication.state': 'pass',
        'pg.autovacuum.enabled': 'pass',
        'pg.xid.wraparound': 'pass',
        'pg.archive.missing': 'pass',
        'pg.shared_buffers': 'fail warning',
        'os.thp': 'pass',
        'os.disk': 'pass',
      },
    ],
    [
      'primary-pg_monitor',
      { 'pg.password.md5': 'not_evaluated', 'pg.hba.trust': 'not_evaluated', 'pg.replication.lag': 'pass' },
    ],
    [
      'primary-plain',
      {
        'pg.replication.lag': 'not_evaluated',
        'pg.wal.size': 'not_evaluated',
        'pg.xid.wraparound': 'pass',
        'pg.slot.inactive': 'fail warning',
      },
    ],
    [
      'standby-superuser',
      {
        'pg.standby.receiver': 'pass',
        'pg.standby.paused': 'pass',
        'pg.archive.missing': 'not_applicable',
        'pg.archive.failing': 'not_applicable',
      },
    ],
    [
      'barman',
      {
        'barman.check': 'fail critical',
        'barman.backup.missing': 'fail critical',
        'barman.backup.age': 'pass',
        'barman.retention': 'fail warning',
        'barman.redundancy': 'fail warning',
        'pg.fsync': 'not_applicable',
        'os.hugepages': 'not_applicable',
      },
    ],
  ])('%s', async (name, expected) => {
    expect(answers(await read(`${name}.tar.bz2`))).toMatchObject(expected);
  });

  it('the Barman collection knows its primary and no other server', async () => {
    const barman = await read('barman.tar.bz2');
    expect(answers(await read('primary-superuser.tar.bz2'), [barman])['barman.systemid.orphan']).toBe('pass');
    expect(answers(await read('postgresql-15.tar.bz2'), [barman])['barman.systemid.orphan']).toBe('info');
  });
});
