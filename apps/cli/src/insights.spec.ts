import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { collectionFiles, tarGz } from '../../../libs/insights/src/testing/build-archive';
import { buildCollection, type Given } from '../../../libs/insights/src/testing/build-collection';
import { registerInsights } from './insights';

const folder = mkdtempSync(join(tmpdir(), 'casebook-cli-'));
const healthy = join(folder, 'healthy.tar.gz');
const sick = join(folder, 'sick.tar.gz');

const write = async (file: string, given: Given) => {
  writeFileSync(file, await tarGz(collectionFiles(buildCollection(given))));
};

beforeAll(async () => {
  await write(healthy, {});
  await write(sick, { settings: { autovacuum: 'off' }, unread: { 'pg.hba_rules': ['denied', '42501'] } });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Runs a command line as the shell would: what it printed, and its exit code. */
async function run(...args: readonly string[]): Promise<{ out: string; err: string; code: number }> {
  let [out, err] = ['', ''];
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true)),
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true)),
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Exit(Number(code));
    }),
  ];
  process.exitCode = undefined;
  try {
    const program = new Command('casebook');
    registerInsights(program);
    await program.parseAsync(['insights', ...args], { from: 'user' });
    // Read through a call: the compiler believes that the assignment above still holds.
    return { out, err, code: exitCode() };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    return { out, err, code: error.code };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

const exitCode = (): number => Number(process.exitCode ?? 0);

const SENTENCE = /^["A-Z][^\n]*\.\n$/;

describe('insights report', () => {
  it('ends with 0 whatever the report says, and with 1 when asked to fail', async () => {
    expect((await run('report', sick)).code).toBe(0);
    expect((await run('report', sick, '--fail-on', 'critical')).code).toBe(1);
    expect((await run('report', healthy, '--fail-on', 'warning')).code).toBe(0);
  });

  it('prints one object for one file and a list for several', async () => {
    const one = JSON.parse((await run('report', sick, '--format', 'json')).out) as {
      findings: { rule: string; outcome: string }[];
    };
    expect(one.findings[0]).toMatchObject({ rule: 'pg.autovacuum.enabled', outcome: 'fail', severity: 'critical' });
    expect(JSON.parse((await run('report', sick, healthy, '--format', 'json')).out)).toHaveLength(2);
  });

  it.each([
    ['text', 'Advisory report for pg-ams-1'],
    ['html', '<!doctype html>'],
    ['markdown', '# Advisory report: pg-ams-1'],
  ])('prints %s', async (format, start) => {
    const { out, code } = await run('report', sick, '--format', format);
    expect([out.slice(0, start.length), code]).toEqual([start, 0]);
  });

  it('takes other thresholds from a file', async () => {
    const file = join(folder, 'thresholds.json');
    writeFileSync(file, JSON.stringify({ 'pg.connections.used': { warning_percent: 5 } }));
    expect((await run('report', healthy, '--thresholds', file, '--fail-on', 'warning')).code).toBe(1);
    writeFileSync(file, '{"pg.connections.used":{"warning":5}}');
    expect(await run('report', healthy, '--thresholds', file)).toEqual({
      out: '',
      err: 'The rule pg.connections.used has no threshold "warning".\n',
      code: 64,
    });
  });

  it.each([
    ['no file', []],
    ['an unknown format', ['FILE', '--format', 'pdf']],
    ['an unknown severity', ['FILE', '--fail-on', 'bad']],
    ['an unknown option', ['FILE', '--colour']],
    ['thresholds that are not there', ['FILE', '--thresholds', '/nowhere.json']],
  ])('answers wrong usage with 64 and a sentence: %s', async (_, args) => {
    const { out, err, code } = await run('report', ...args.map((arg) => (arg === 'FILE' ? sick : arg)));
    expect([out, code]).toEqual(['', 64]);
    expect(err).toMatch(SENTENCE);
  });

  it('answers an unreadable file with 65 and a sentence that names it among several', async () => {
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'not an archive');
    expect(await run('report', text)).toEqual({
      out: '',
      err: 'The file is not an archive that Casebook reads (.tar.bz2, .tar.gz or .zip).\n',
      code: 65,
    });
    expect((await run('report', healthy, text)).err).toContain('notes.txt: The file is not an archive');
  });
});

describe('the other commands', () => {
  it('no command at all is wrong usage', async () => {
    expect((await run()).code).toBe(64);
  });

  it('diff shows what changed', async () => {
    const { out, code } = await run('diff', healthy, sick);
    expect([out.includes('autovacuum: on -> off'), code]).toEqual([true, 0]);
  });

  it('rules lists all or explains one', async () => {
    expect((await run('rules')).out.split('\n')).toHaveLength(76);
    expect((await run('rules', 'pg.connections.used')).out).toContain('critical above this share');
    expect(JSON.parse((await run('rules', 'pg.fsync', '--format', 'json')).out)).toMatchObject({
      id: 'pg.fsync',
      kind: 'automated',
    });
    expect((await run('rules', 'pg.nothing')).code).toBe(64);
  });

  it('verify compares the sum beside the file too', async () => {
    expect((await run('verify', healthy)).out).toContain('all checksums match');
    writeFileSync(`${sick}.sha256`, `${'0'.repeat(64)}  sick.tar.gz\n`);
    expect(await run('verify', sick)).toMatchObject({ code: 65, out: '' });
  });

  it('show prints an item, lists all, and says why there is nothing', async () => {
    expect((await run('show', healthy, 'pg.slots')).out).toContain('"slot_name":"standby_1"');
    expect((await run('show', healthy, 'host/meminfo.txt')).out).toContain('MemTotal');
    expect((await run('show', healthy)).out).toContain('pg.slots');
    expect(await run('show', sick, 'pg.hba_rules')).toEqual({
      out: '',
      err: 'The collection holds nothing for "pg.hba_rules": permission denied (42501).\n',
      code: 64,
    });
  });

  it('collector prints the shell collector, with and without the code that uploads', async () => {
    const [whole, quiet] = [await run('collector'), await run('collector', '--no-network')];
    expect(whole.out.startsWith('#!/bin/sh')).toBe(true);
    expect([whole.out.includes('Authorization'), quiet.out.includes('Authorization')]).toEqual([true, false]);
  });
});
