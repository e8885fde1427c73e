// node tools/run-ts.js test/insights/attack.ts [mutants]
// Throws crafted and mutated archives at the reader. Each must end within its limits in a report or in one plain
// sentence, and nothing may be written anywhere. Prints what failed and "N passed, N failed".
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as core from '@casebook/insights';
import { END, rawEntry, rawTarGz, rawZip, resummed, innerFiles, soundFiles, type AttackCase } from './attack-case';
import { contentCases } from './attack-content';
import { tarCases } from './attack-tar';

const LONGEST_MS = 30_000;
let longest = 0;
const MUTANTS = Number(process.argv[2] ?? 300);

/** Same numbers every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const next = random(20261120);
const below = (limit: number): number => Math.floor(next() * limit);

/** Flips, inserts, removes or doubles a few bytes. */
function mutate(bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + below(8); times > 0; times -= 1) {
    const at = below(Math.max(result.length, 1));
    const length = 1 + below(16);
    const kind = below(4);
    if (kind === 0 && result.length > 0) result[at] = below(256);
    else if (kind === 1)
      result = Buffer.concat([
        result.subarray(0, at),
        Buffer.from(Array.from({ length }, () => below(256))),
        result.subarray(at),
      ]);
    else if (kind === 2) result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
    else result = Buffer.concat([result.subarray(0, at), result.subarray(at, at + length), result.subarray(at)]);
  }
  return result;
}

/** Sound archives to start from: made here, and those of real servers where they are. */
function sound(): readonly { readonly bytes: Buffer; readonly file: string }[] {
  const files = soundFiles();
  const real = join(__dirname, '../../libs/insights/fixtures/real');
  const found = existsSync(real) ? readdirSync(real).filter((name) => /\.(bz2|gz|zip)$/.test(name)) : [];
  return [
    { bytes: rawTarGz(...files.map(({ name, content }) => rawEntry({ name, content }))), file: 'made.tar.gz' },
    { bytes: rawZip(files), file: 'made.zip' },
    ...found.slice(0, 6).map((file) => ({ bytes: readFileSync(join(real, file)), file })),
  ];
}

interface Failure {
  readonly name: string;
  readonly why: string;
}

const SENTENCE = /^["A-Z][^\n]*\.$/;
const INNER = /TypeError|RangeError|undefined|ENOENT|EACCES|Error:|at [a-zA-Z.]+ \(|node_modules/;

function badSentence(error: unknown): string | null {
  if (!(error instanceof core.ArchiveError)) return `threw ${String(error)}`;
  const { message } = error;
  if (!SENTENCE.test(message) || message.length > 400 || INNER.test(message)) return `says ${JSON.stringify(message)}`;
  return /[\p{Cc}\p{Cf}]/u.test(message) ? 'prints control characters' : null;
}

/** Renders everything: what the reader lets through must not break a rule or a page. */
function badReport(collection: core.Collection): string | null {
  const report = core.makeReport(collection, { rules: core.allRules, reference: core.bundledReference });
  const broken = report.findings.find(({ outcome }) => outcome === 'error');
  if (broken) return `${broken.rule} stopped: ${broken.reason ?? ''}`;
  // Cc but the line ends, and what turns the direction of text.
  if (/[\p{Cc}\p{Cf}]/u.test((core.textReport(report) + core.markdownReport(report)).replaceAll('\n', ' ')))
    return 'the text holds control characters';
  if (/<script/i.test(core.htmlReport([report]))) return 'the page holds a script';
  return null;
}

const outcomeOf = async (work: Promise<core.Collection>): Promise<core.Collection | Failure> =>
  work.catch((error: unknown) => ({ name: '', why: badSentence(error) ?? '' }));

async function attack(
  folder: string,
  { name, bytes, expect, file }: AttackCase,
  index: number,
): Promise<Failure | null> {
  const own = join(folder, String(index));
  mkdirSync(own);
  const path = join(own, file ?? 'attack.tar.bz2');
  writeFileSync(path, bytes);
  const started = performance.now();
  const result = await outcomeOf(core.openCollection(path));
  const elapsed = performance.now() - started;
  rmSync(own, { recursive: true });
  longest = Math.max(longest, elapsed);
  if (elapsed > LONGEST_MS) return { name, why: `took ${Math.round(elapsed)} ms` };
  if ('why' in result) return result.why === '' ? null : { name, why: result.why };
  if (expect === 'refused') return { name, why: 'was accepted' };
  const bad = badReport(result);
  return bad === null ? null : { name, why: bad };
}

/** Mutants below the compression and below the checksums, in this process: they reach the rows and the rules. */
async function innerMutants(count: number): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  const plain = gunzipSync(rawTarGz(...soundFiles().map(({ name, content }) => rawEntry({ name, content }))));
  for (let index = 0; index < count; index += 1) {
    const bytes = index % 2 === 0 ? gzipSync(mutate(plain), { level: 1 }) : mutatedRows();
    const result = await outcomeOf(core.readCollection(bytes, 'mutant.tar.gz'));
    const why = 'why' in result ? result.why : badReport(result);
    if (why !== null && why !== '') failures.push({ name: `inner mutant ${index}`, why });
  }
  return failures;
}

function mutatedRows(): Buffer {
  const files = innerFiles();
  const chosen = below(files.length);
  const changed = files.map((file, index) =>
    index === chosen ? { ...file, content: mutate(Buffer.from(file.content)) } : file,
  );
  // The manifest's own sums would stop every mutant at the door.
  const open = changed.map((file) =>
    file.name === 'manifest.json'
      ? { ...file, content: String(file.content).replaceAll(/"sha256":"[0-9a-f]{64}"/g, '"sha256":null') }
      : file,
  );
  return gzipSync(Buffer.concat([...resummed(open).map(({ name, content }) => rawEntry({ name, content })), END]), {
    level: 1,
  });
}

/** Everything below a folder with size and time, to see whether anything was written. */
function snapshot(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const { size, mtimeMs } = statSync(join(entry.parentPath, entry.name));
      return `${entry.parentPath}/${entry.name} ${size} ${mtimeMs}`;
    })
    .sort()
    .join('\n');
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'casebook-attack-'));
  const outside = join(folder, 'outside');
  mkdirSync(join(outside, 'etc'), { recursive: true });
  writeFileSync(join(outside, 'etc', 'passwd'), 'untouched');
  mkdirSync(join(folder, 'work'));
  const before = [snapshot(outside), ...watched()];
  const crafted = [...tarCases(), ...contentCases()];
  const sources = sound();
  const mutants = Array.from({ length: MUTANTS }, (_, index): AttackCase => {
    const source = sources[index % sources.length];
    if (!source) throw new Error('There is no sound archive to start from.');
    return {
      name: `mutant ${index} of ${source.file}`,
      bytes: mutate(source.bytes),
      expect: 'either',
      file: source.file,
    };
  });
  const cases = [...crafted, ...mutants];
  const failures: Failure[] = [];
  let at = 0;
  const lane = async (): Promise<void> => {
    for (let index = at++; index < cases.length; index = at++) {
      const one = cases[index];
      const failure = one ? await attack(join(folder, 'work'), one, index) : null;
      if (failure) failures.push(failure);
    }
  };
  await Promise.all([lane(), lane()]);
  failures.push(...(await innerMutants(MUTANTS * 2)));
  const written = [snapshot(outside), ...watched()].filter((state, index) => state !== before[index]).length;
  if (written > 0) failures.push({ name: 'files', why: `${written} places were written to` });
  rmSync(folder, { recursive: true });
  for (const { name, why } of failures) console.log(`failed: ${name}: ${why}`);
  const total = cases.length + MUTANTS * 2 + 1;
  console.log(
    `${crafted.length} crafted archives, ${MUTANTS} mutants through the reader process, ${MUTANTS * 2} below checksums and compression; ${written} places written to; the slowest took ${Math.round(longest)} ms`,
  );
  console.log(`${total - failures.length} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

/** Places that the names in the archives aim at. */
const watched = (): readonly string[] =>
  ['/tmp/evil', '/etc/evil', '/etc/cron.d/evil', join(process.cwd(), 'evil'), join(process.cwd(), '..', 'evil')].map(
    (path) => String(existsSync(path)),
  );

void main();
