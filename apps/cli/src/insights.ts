import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import * as core from '@casebook/insights';
import { buildCollector } from '../../collector/src/build';

/** Exit codes that scripts rely on. */
const EXIT = { failing: 1, usage: 64, unreadable: 65 } as const;

function out(text: string): void {
  // A reader such as `head` may close the pipe early; that is no error of ours.
  process.stdout.once('error', () => process.exit(0));
  process.stdout.write(text);
}

/** A wrong call: exit 64. */
class UsageError extends Error {}

/**
 * Adds `insights report|diff|rules|verify|show|collector`. Exit codes: 0 done, 1 a finding reached `--fail-on`,
 * 64 usage, 65 a file that cannot be used; errors are one sentence on standard error.
 */
export function registerInsights(program: Command): void {
  const insights = program.command('insights').description('Read collections, judge them, print the collector');
  // Subcommands inherit both: a wrong call ends with 64 and one sentence.
  insights.exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : EXIT.usage);
  });
  insights.showHelpAfterError(false);
  insights.configureOutput({
    outputError: (text, write) => {
      write(`${asSentence(text)}\n`);
    },
  });
  addReport(insights);
  addDiff(insights);
  addRules(insights);
  addVerify(insights);
  addShow(insights);
  addCollector(insights);
}

/** commander's message as one sentence of ours. */
function asSentence(text: string): string {
  const line =
    text
      .trim()
      .replace(/^error: /, '')
      .split('\n')[0] ?? '';
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${line.endsWith('.') ? '' : '.'}`;
}

/** Runs a command and turns its errors into a sentence and an exit code. */
function guarded<A extends unknown[]>(work: (...values: A) => Promise<void>): (...values: A) => Promise<void> {
  return async (...values) => {
    try {
      await work(...values);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof core.ArchiveError) report(error, EXIT.unreadable);
      else if (error instanceof UsageError || error.name === 'DomainError') report(error, EXIT.usage);
      else throw error;
    }
  };
}

// The code is set and not exited with: output that goes into a pipe must arrive whole.
function report(error: Error, code: number): void {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = code;
}

const oneOf = <T extends string>(allowed: readonly T[], what: string, value: string): T => {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`The ${what} must be one of ${allowed.join(', ')}, not "${value}".`);
  return found;
};

/** Opens a file; the refusal names the file when several were given. */
async function open(file: string, several = false) {
  return core.openCollection(file).catch((error: unknown) => {
    if (several && error instanceof core.ArchiveError)
      throw new core.ArchiveError(error.code, `${file}: ${error.message}`);
    throw error;
  });
}

interface ReportFlags {
  readonly format: string;
  readonly failOn?: string;
  readonly thresholds?: string;
}

function addReport(insights: Command): void {
  insights
    .command('report')
    .description('Judge collections and print an advisory report')
    .argument('<file...>', 'collections (.tar.bz2, .tar.gz, .zip) or tpm diag zips')
    .option('--format <format>', 'text, html, json or markdown', 'text')
    .option('--fail-on <severity>', 'exit 1 when a test fails with this severity or worse: critical, high, warning')
    .option('--thresholds <file>', 'JSON file with other thresholds: rule, then name, then number')
    .action(guarded(runReport));
}

async function runReport(files: readonly string[], flags: ReportFlags): Promise<void> {
  const format = oneOf(['text', 'html', 'json', 'markdown'] as const, 'format', flags.format);
  const failOn: core.Severity | null =
    flags.failOn === undefined ? null : oneOf(core.SEVERITIES, 'severity', flags.failOn);
  const overrides = await readOverrides(flags.thresholds);
  const collections = await Promise.all(files.map((file) => open(file, files.length > 1)));
  const reports = collections.map((collection, index) =>
    core.makeReport(collection, {
      rules: core.allRules,
      reference: core.bundledReference,
      overrides,
      others: collections.filter((_, other) => other !== index),
    }),
  );
  const text = {
    text: () => reports.map(core.textReport).join('\n'),
    markdown: () => reports.map(core.markdownReport).join('\n'),
    html: () => core.htmlReport(reports),
    json: () => json(reports.length === 1 ? reports[0] : reports),
  }[format]();
  out(text);
  if (failOn !== null && reports.some((one) => core.failsFrom(one, failOn))) process.exitCode = EXIT.failing;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function readOverrides(file: string | undefined): Promise<core.ThresholdOverrides> {
  if (file === undefined) return {};
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`There is no readable file "${file}".`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`"${file}" is not JSON.`);
  }
  return core.checkOverrides(value, core.allRules);
}

function addDiff(insights: Command): void {
  insights
    .command('diff')
    .description('Show what differs between two collections: versions, settings, extensions, findings')
    .argument('<before>', 'the older collection')
    .argument('<after>', 'the newer collection')
    .option('--format <format>', 'text or json', 'text')
    .action(
      guarded(async (before: string, after: string, flags: { readonly format: string }) => {
        const format = oneOf(['text', 'json'] as const, 'format', flags.format);
        const [old, recent] = await Promise.all([open(before, true), open(after, true)]);
        const diff = core.diffCollections(old, recent, core.allRules);
        out(format === 'json' ? json(diff) : core.diffText(diff));
      }),
    );
}

function addRules(insights: Command): void {
  insights
    .command('rules')
    .description('List the rules, or explain one')
    .argument('[id]', 'a rule such as pg.connections.used')
    .option('--format <format>', 'text or json', 'text')
    .action(
      guarded(async (id: string | undefined, flags: { readonly format: string }) => {
        const format = oneOf(['text', 'json'] as const, 'format', flags.format);
        const rules = core.allRules.filter((rule) => id === undefined || rule.id === id);
        if (rules.length === 0) throw new UsageError(`There is no rule "${core.printable(id ?? '')}".`);
        if (format === 'json')
          out(json(id === undefined ? rules.map(core.describeRule) : rules.map(core.describeRule)[0]));
        else
          out(
            id === undefined
              ? rules.map((rule) => `${rule.id.padEnd(26)}${core.textOf(rule.id).title}\n`).join('')
              : rules.map(core.rulePage).join(''),
          );
      }),
    );
}

function addVerify(insights: Command): void {
  insights
    .command('verify')
    .description('Check the checksums and the manifest of a collection')
    .argument('<file>', 'a collection')
    .action(
      guarded(async (file: string) => {
        const beside = await core.verifyBeside(file);
        const collection = await open(file);
        const { manifest } = collection;
        const missing = manifest.items.filter(({ status }) => status !== 'ok' && status !== 'skipped').length;
        const sums =
          collection.source === 'tpm-diag'
            ? 'whole (a tpm diag zip has no checksums of its own)'
            : 'all checksums match';
        out(
          `${collection.files.length} files, ${sums}${beside ? ', the .sha256 file too' : ''}; format ${manifest.formatVersion}, ${manifest.items.length} items, ${missing} of them not read in full.\n`,
        );
      }),
    );
}

function addShow(insights: Command): void {
  insights
    .command('show')
    .description('Print one item or file of a collection; without a name, list them')
    .argument('<file>', 'a collection')
    .argument('[item]', 'an item such as pg.slots, or a path such as postgresql/slots.ndjson')
    .action(
      guarded(async (file: string, item: string | undefined) => {
        const collection = await open(file);
        if (item === undefined) {
          out(collection.manifest.items.map((line) => core.manifestLine(line)).join(''));
          return;
        }
        const lines = collection.manifest.items.filter((line) => line.item === item && line.path !== null);
        const wanted = lines.length === 0 ? [item] : lines.flatMap(({ path }) => path ?? []);
        const known = new Set(collection.files.map(({ path }) => path));
        const there = wanted.filter((path) => known.has(path));
        if (there.length === 0) throw new UsageError(core.whyNotShown(collection, item));
        for (const path of there) {
          const text = (await core.openFileOf(file, path)).toString('utf8');
          out(process.stdout.isTTY ? text.split('\n').map(core.plain).join('\n') : text);
        }
      }),
    );
}

function addCollector(insights: Command): void {
  insights
    .command('collector')
    .description('Print the collector as one file')
    .option('--no-network', 'without the code that uploads')
    .option('--windows', 'the PowerShell twin')
    .action(
      guarded(async (flags: { readonly network: boolean; readonly windows?: boolean }) => {
        out(buildCollector({ network: flags.network, windows: flags.windows === true }));
      }),
    );
}
