// node tools/run-ts.js test/bench/insights.ts [archive]
// Prints how long a report from a file takes cold, through the built command, and how many collections a second the
// rules alone can judge. Needs a build (npm run build) for the first figure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allRules, bundledReference, evaluate, openCollection, type Collection } from '@casebook/insights';
import { collectionFiles, tarGz } from '../../libs/insights/src/testing/build-archive';
import { buildCollection } from '../../libs/insights/src/testing/build-collection';

const COLD_RUNS = 5;
const RULE_SECONDS = 3;
const root = join(__dirname, '../..');

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Without a build, the same command from sources, compiled as it starts: slower, and said so. */
const BUILT = join(root, 'dist/api/apps/cli/src/insights.js');

function command(): readonly string[] {
  const file = existsSync(BUILT) ? BUILT : join(root, 'apps/cli/src/insights.ts');
  const hook = existsSync(BUILT) ? '' : `require(${JSON.stringify(join(root, 'tools/ts-hook.js'))});`;
  const code = `${hook}const{Command}=require('commander');const p=new Command();require(${JSON.stringify(file)}).registerInsights(p);p.parseAsync(process.argv.slice(1),{from:'user'})`;
  return ['-e', code, '--', 'insights', 'report', '--format', 'json'];
}

function cold(file: string): void {
  const times = Array.from({ length: COLD_RUNS }, () => {
    const started = performance.now();
    const run = spawnSync(process.execPath, [...command(), file], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    if (run.status !== 0) throw new Error(run.stderr.toString());
    return performance.now() - started;
  });
  console.log(
    `report from file, cold, ${existsSync(BUILT) ? 'built' : 'from sources (not built)'}: median ${Math.round(median(times))} ms, slowest ${Math.round(Math.max(...times))} ms`,
  );
}

function rules(collection: Collection, name: string): void {
  for (let warm = 0; warm < 500; warm += 1) evaluate(collection, allRules, bundledReference);
  const started = performance.now();
  let count = 0;
  while (performance.now() - started < RULE_SECONDS * 1000) {
    evaluate(collection, allRules, bundledReference);
    count += 1;
  }
  const perSecond = Math.round((count * 1000) / (performance.now() - started));
  const rows = Object.values(collection.parts).reduce(
    (sum, parts) => sum + parts.reduce((all, part) => all + part.rows.length, 0),
    0,
  );
  console.log(`${allRules.length} rules alone, ${name} (${rows} rows): ${perSecond} collections/s`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'casebook-bench-'));
  const made = join(folder, 'made.tar.gz');
  writeFileSync(made, await tarGz(collectionFiles(buildCollection())));
  const file = process.argv[2] ?? made;
  cold(file);
  rules(await openCollection(file), file === made ? 'a made collection' : 'the given collection');
  rmSync(folder, { recursive: true });
}

void main();
