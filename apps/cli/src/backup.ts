import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DomainError } from '@casebook/kernel';
import type { Command } from 'commander';
import { openPlatform } from '../../api/src/platform';
import { pathsIn } from '../../api/src/paths';
import { backupState, openSqliteStateStore } from '@casebook/state';
import { LOG_FILE, openSqliteEventStore } from '@casebook/event-store';
import { openFileBlobStore } from '@casebook/storage';
import { openKeyring } from '@casebook/keys';
import { createServices } from '../../api/src/services';
import { lockDataDirectory } from '@casebook/sqlite';
import { cliConfig, requireData, requireEmbedded, say } from './context';

/** What a backup says of itself. */
interface Manifest {
  readonly format: 1;
  readonly takenAt: string;
  readonly kind: string;
  /** Position of the log's last event, as it was before the files were copied. */
  readonly logEnd: string | null;
  /** SHA-256 of each file. */
  readonly files: Readonly<Record<string, string>>;
  readonly blobs: boolean;
}

/** `backup`, `restore`, `reset`. */
export function registerBackup(program: Command): void {
  program
    .command('backup')
    .argument('<directory>', 'an empty or new directory')
    .description('copy log, state and keys, consistently, also while Casebook runs; read models are left out')
    .option('--with-blobs', 'copy attached files too; else only their list')
    .action(backup);
  program
    .command('restore')
    .argument('<directory>', 'a directory made by backup')
    .description(
      'bring a backup into an empty DATA_DIR, destroy again what was erased since, and rebuild the read models',
    )
    .option('--without-keys', 'restore although the keys are missing: sealed texts stay closed for ever')
    .option('--accept-keys', 'use the keys beside the backup although they are not those it was made with')
    .option('--ledger <file>', 'shred ledger (JSON) of what was erased since the backup')
    .action(restore);
  program
    .command('reset')
    .description('delete everything in DATA_DIR, so that the next start begins anew; Casebook must not be running')
    .option('--yes', 'do it for real data too')
    .action(reset);
}

async function backup(directory: string, options: { withBlobs?: true }): Promise<void> {
  const config = cliConfig();
  const { dataDirectory, masterKeyFile } = config;
  requireEmbedded(config.engines, 'A backup');
  requireData(config);
  const target = resolve(directory);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new DomainError('conflict', 'backup.not_empty', `${target} is not empty; name a new directory.`);
  }
  const paths = pathsIn(dataDirectory);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const store = openSqliteEventStore({ directory: paths.log, readonly: true });
  const end = (await store.end()) ?? null;
  await store.close();
  // The log goes first: whatever stands in it has its key on disk already, so the keys copied later open all of it.
  const copies = [
    ['log.sqlite', join(paths.log, LOG_FILE)],
    ['state.sqlite', paths.state],
    ['keys/keys.sqlite', paths.keys],
  ] as const;
  for (const [name, source] of copies) await backupState(source, join(target, name));
  const ownMaster = resolve(masterKeyFile).startsWith(`${resolve(dataDirectory)}/`);
  if (ownMaster) cpSync(masterKeyFile, join(target, 'keys', 'master.key'));
  await writeBlobs(paths.blobs, target, options.withBlobs === true);
  const files = Object.fromEntries(copies.map(([name]) => [name, digest(join(target, name))]));
  const manifest: Manifest = {
    format: 1,
    takenAt: new Date().toISOString(),
    kind: readFileSync(join(dataDirectory, 'kind'), 'utf8').trim(),
    logEnd: end,
    files,
    blobs: options.withBlobs === true,
  };
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  say(`Backed up to ${target}.`);
  say(
    ownMaster
      ? `${join(target, 'keys')} opens everything in it: keep that folder in another place than the rest.`
      : `The master key ${basename(masterKeyFile)} is not in it: keep a copy of that file in another place.`,
  );
}

async function writeBlobs(source: string, target: string, copy: boolean): Promise<void> {
  const blobs = openFileBlobStore(source);
  const lines: string[] = [];
  if (copy) mkdirSync(join(target, 'blobs'), { recursive: true });
  for await (const { name, size, finished } of blobs.list()) {
    if (!finished) continue;
    lines.push(JSON.stringify({ name, size }));
    if (!copy) continue;
    const file = createWriteStream(join(target, 'blobs', name), { mode: 0o600 });
    for await (const bytes of blobs.read(name, 0, size)) if (!file.write(bytes)) await once(file, 'drain');
    file.end();
    await once(file, 'close');
  }
  writeFileSync(join(target, 'blobs.ndjson'), lines.map((line) => `${line}\n`).join(''));
}

async function restore(
  directory: string,
  options: { withoutKeys?: true; acceptKeys?: true; ledger?: string },
): Promise<void> {
  const config = cliConfig();
  const { dataDirectory, masterKeyFile } = config;
  const source = resolve(directory);
  const manifest = readManifest(source);
  if (existsSync(dataDirectory) && readdirSync(dataDirectory).some((name) => name !== 'keys')) {
    throw new DomainError(
      'conflict',
      'restore.not_empty',
      `${dataDirectory} holds data already; set DATA_DIR to an empty directory, or reset first.`,
    );
  }
  const keys = join(source, 'keys', 'keys.sqlite');
  if (!existsSync(keys) && options.withoutKeys !== true) {
    throw new DomainError(
      'missing',
      'restore.keys_missing',
      `${keys} is missing. Without it no sealed text can be read: put it there, or say --without-keys.`,
    );
  }
  if (existsSync(keys) && digest(keys) !== manifest.files['keys/keys.sqlite'] && options.acceptKeys !== true) {
    throw new DomainError(
      'conflict',
      'restore.keys_differ',
      'The key file is not the one this backup was made with; texts may stay closed. Say --accept-keys to use it all the same.',
    );
  }
  for (const name of ['log.sqlite', 'state.sqlite']) {
    if (digest(join(source, name)) !== manifest.files[name]) {
      throw new DomainError('invalid', 'restore.damaged', `${name} is not as it was written: the backup is damaged.`);
    }
  }
  const paths = pathsIn(dataDirectory);
  const ledger = await ledgerBefore(paths.keys, config, options.ledger);
  copyInto(join(source, 'log.sqlite'), join(paths.log, LOG_FILE));
  copyInto(join(source, 'state.sqlite'), paths.state);
  if (existsSync(keys)) copyInto(keys, paths.keys);
  const master = join(source, 'keys', 'master.key');
  if (existsSync(master)) copyInto(master, masterKeyFile);
  writeFileSync(join(dataDirectory, 'kind'), `${manifest.kind}\n`);
  await restoreBlobs(source, paths.blobs);
  await rebuildAll(config, ledger);
  say(`Restored the backup of ${manifest.takenAt} to ${dataDirectory}.`);
}

/** What was erased since the backup: a file that was kept, and the ledger beside the live keys when there are any. */
async function ledgerBefore(
  keysFile: string,
  config: { masterKeyFile: string },
  file: string | undefined,
): Promise<readonly { kind: string }[]> {
  const entries: { kind: string }[] =
    file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as { kind: string }[]);
  if (!existsSync(keysFile)) return entries;
  const keyring = await openKeyring({ state: openSqliteStateStore(keysFile), masterKeyFile: config.masterKeyFile });
  const live = await keyring.shredLedger();
  await keyring.close();
  rmSync(keysFile, { force: true });
  return [...entries, ...(live as unknown as { kind: string }[])];
}

async function restoreBlobs(source: string, target: string): Promise<void> {
  if (!existsSync(join(source, 'blobs'))) return;
  const blobs = openFileBlobStore(target);
  for (const name of readdirSync(join(source, 'blobs'))) {
    const writer = await blobs.open(name, 0);
    await writer.write(readFileSync(join(source, 'blobs', name)));
    await writer.sync();
    await writer.close();
    await blobs.finish(name);
  }
}

async function rebuildAll(config: ReturnType<typeof cliConfig>, ledger: readonly unknown[]): Promise<void> {
  const platform = await openPlatform(config);
  try {
    if (ledger.length > 0)
      await platform.keyring.applyLedger(ledger as Parameters<typeof platform.keyring.applyLedger>[0]);
    const { runner } = await createServices(platform, config, (message, error) => {
      say(`${message}: ${String(error)}`);
    });
    await runner.start();
    await runner.stop();
  } finally {
    await platform.close();
  }
}

async function reset(options: { yes?: true }): Promise<void> {
  const { dataDirectory, engines } = cliConfig();
  requireEmbedded(engines, 'A reset');
  const kindFile = join(dataDirectory, 'kind');
  if (!existsSync(kindFile)) {
    say(`There is no Casebook data in ${dataDirectory}.`);
    return;
  }
  if (readFileSync(kindFile, 'utf8').trim() !== 'demo' && options.yes !== true) {
    throw new DomainError(
      'conflict',
      'reset.real',
      `${dataDirectory} holds real data. To delete all of it, keys included, say --yes.`,
    );
  }
  lockDataDirectory(dataDirectory).release();
  rmSync(dataDirectory, { recursive: true, force: true });
  say(`Deleted ${dataDirectory}.`);
}

function readManifest(directory: string): Manifest {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file))
    throw new DomainError('missing', 'restore.no_backup', `${directory} is not a backup: it has no manifest.json.`);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  if ((manifest.format as number) !== 1) {
    throw new DomainError(
      'invalid',
      'restore.format',
      `This backup has format ${String(manifest.format)}, which this version does not know.`,
    );
  }
  return manifest;
}

function copyInto(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  cpSync(source, target);
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
