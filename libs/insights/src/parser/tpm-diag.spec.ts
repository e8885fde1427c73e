import { allRules } from '../rules/rules';
import { bundledReference } from '../reference/reference';
import { evaluate } from '../rules/engine';
import { parseTpmDiag, timeOfTpmDiag } from './tpm-diag';

const NAME = 'tungsten-diag-2026-11-20-01-02-12.zip';

/** Made by hand after the manual: one folder per host. */
const FILES: Readonly<Record<string, string>> = {
  'tungsten-diag-2026-11-20-01-02-12/db1/trepctl.json':
    '[{"serviceName":"alpha","state":"ONLINE","appliedLatency":"0.483","role":"master"},{"serviceName":"beta","state":"OFFLINE:ERROR","appliedLatency":"-1.0"}]',
  'tungsten-diag-2026-11-20-01-02-12/db2/trepctl.json':
    '{"serviceName":"alpha","state":"ONLINE","appliedLatency":75.5}',
  'tungsten-diag-2026-11-20-01-02-12/db1/cctrl.txt': 'COORDINATOR[db1:MAINTENANCE:ONLINE]\n',
  'tungsten-diag-2026-11-20-01-02-12/db1/tpm_diff.txt':
    '/opt/continuent/tungsten/tungsten-replicator/conf/static-alpha.properties\n',
  'tungsten-diag-2026-11-20-01-02-12/db1/os_info/df.txt': 'Filesystem',
};

async function* entries(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) yield { name, content: Buffer.from(text) };
}

const read = (files = FILES) => parseTpmDiag({ kind: 'zip', entries: entries(files) }, Buffer.from('bytes'), NAME);

describe('a tpm diag zip', () => {
  it('gives replicators, policies and changed files of every host', async () => {
    const { parts, manifest, unknownFiles } = await read();
    expect(manifest).toMatchObject({ kind: 'tungsten', takenAt: '2026-11-20T01:02:12.000Z' });
    expect(parts['tungsten.trepctl']?.flatMap(({ rows }) => rows)).toEqual([
      { host: 'db1', service: 'alpha', state: 'ONLINE', applied_latency_s: 0.483 },
      { host: 'db1', service: 'beta', state: 'OFFLINE:ERROR', applied_latency_s: -1 },
      { host: 'db2', service: 'alpha', state: 'ONLINE', applied_latency_s: 75.5 },
    ]);
    expect(unknownFiles).toEqual(['tungsten-diag-2026-11-20-01-02-12/db1/os_info/df.txt']);
  });

  it('is judged by the Tungsten rules', async () => {
    const answers = evaluate(
      await read(),
      allRules.filter(({ target }) => target === 'tungsten'),
      bundledReference,
    );
    expect(
      answers.map(({ rule, outcome }) => [rule.id, outcome.outcome, 'severity' in outcome ? outcome.severity : '']),
    ).toEqual([
      ['tungsten.online', 'fail', 'critical'],
      ['tungsten.latency', 'fail', 'warning'],
      ['tungsten.policy', 'fail', 'warning'],
      ['tungsten.drift', 'fail', 'warning'],
    ]);
  });

  it('is refused when it holds none of the files that are read', async () => {
    await expect(read({ 'tungsten-diag/db1/x.txt': '' })).rejects.toThrow('holds no trepctl or cctrl output');
  });

  it('takes its time from the name', () => {
    expect([
      timeOfTpmDiag(NAME),
      timeOfTpmDiag('tungsten-diag-2026-13-45-01-02-12.zip'),
      timeOfTpmDiag('diag.zip'),
    ]).toEqual(['2026-11-20T01:02:12.000Z', null, null]);
  });
});
