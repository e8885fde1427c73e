import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { DomainError } from '@casebook/kernel';
import { exportLog, importLog, openSqliteEventStore, verifyLog, type EventStore } from '@casebook/event-store';
import { openKeyring } from '@casebook/keys';
import { lockDataDirectory } from '@casebook/sqlite';
import { copyRecords, leaseHolder, openSqliteStateStore, type StateRecord, type StateStore } from '@casebook/state';
import { copyObjects, openFileBlobStore, type BlobStore } from '@casebook/storage';
import type { Command } from 'commander';
import { openServerEngines } from '../../api/src/engines';
import { pathsIn } from '../../api/src/paths';
import { cliConfig, eventsSaid, print, say } from './context';

/** Belongs to a running process, or is made anew by the next one. */
const LEFT_BEHIND = new Set(['lease', 'views']);
/** Where an installation says in its state, or in its keys, which one it is. */
const INSTALLATION = 'installation';

/** `move`: from the embedded engines of one directory to the servers that the settings name. */
export function registerMove(program: Command): void {
  program
    .command('move')
    .requiredOption('--from <directory>', 'the DATA_DIR so far; nothing in it is changed')
    .description(
      'copy log, state, keys and files of a stopped Casebook to the servers that EVENTSTOREDB_URL, MONGODB_URL and S3_* name; can be repeated',
    )
    .action(move);
}

async function move(options: { from: string }): Promise<void> {
  const { engines, masterKeyFile } = cliConfig();
  const from = resolve(options.from);
  const paths = pathsIn(from);
  if (Object.keys(engines).length === 0)
    throw new DomainError('invalid', 'move.no_servers', 'Name the servers first: EVENTSTOREDB_URL, MONGODB_URL, S3_*.');
  if (!existsSync(paths.log)) throw new DomainError('missing', 'data.missing', `There is no Casebook data in ${from}.`);
  const lock = lockDataDirectory(from);
  const servers = await openServerEngines(engines, say);
  const { store, state, keys, blobs } = servers;
  try {
    if (state) await refuseWhileRunning(state);
    if (keys) await refuseOtherKeys(paths.keys, keys, masterKeyFile);
    if (store) await moveLog(paths.log, store);
    if (state) await moveState(paths.state, kindOf(from), state);
    if (keys) await moveKeys(paths.keys, keys);
    if (blobs) await moveFiles(paths.blobs, blobs);
    say('Read models and search are made anew by the first start.');
    if (!store || !state || !blobs) say(`What no server was named for stays in ${from}: keep it as DATA_DIR.`);
  } finally {
    await state?.close();
    await keys?.close();
    await servers.readModels?.close();
    await store?.close();
    await servers.close();
    lock.release();
  }
}

async function refuseWhileRunning(state: StateStore): Promise<void> {
  const holder = await leaseHolder(state, 'views');
  if (holder === undefined) return;
  throw new DomainError('conflict', 'move.running', `${holder} runs on these servers. Stop every instance first.`);
}

/** Keys of another installation must not be written over: what they sealed could never be read again. */
async function refuseOtherKeys(file: string, keys: StateStore, masterKeyFile: string): Promise<void> {
  if (!existsSync(masterKeyFile))
    throw new DomainError(
      'missing',
      'move.master_key',
      `There is no master key in ${masterKeyFile}. Name the one in use so far by MASTER_KEY_FILE; every instance needs it.`,
    );
  const old = openSqliteStateStore(file, { leaveNoTrace: true });
  const [ours, theirs] = await Promise.all([old, keys].map((store) => store.get(INSTALLATION, 'fingerprint')));
  // Opens the stored keys with the master key, or says that it does not.
  await (await openKeyring({ state: old, masterKeyFile })).close();
  if (theirs !== undefined && theirs.value !== ours?.value)
    throw new DomainError('conflict', 'move.other_keys', 'The database holds the keys of another Casebook.');
}

async function moveLog(directory: string, to: EventStore): Promise<void> {
  const from = openSqliteEventStore({ directory, readonly: true });
  try {
    const lines = new PassThrough();
    const exported = exportLog(from, lines).then(
      () => lines.end(),
      (error: unknown) => lines.destroy(error as Error),
    );
    const { count, head } = await importLog(to, createInterface({ input: lines }), eventsSaid());
    await exported;
    const verdict = await verifyLog(to);
    if (!verdict.ok || verdict.head?.head !== head)
      throw new DomainError(
        'conflict',
        'move.log_differs',
        'The log on the server is not the one that was copied: it goes on after it, or was changed.',
      );
    print(`log    ${count} events, head ${head.slice(0, 16)}…, checked on the server`);
  } finally {
    await from.close();
  }
}

async function moveState(file: string, kind: string, to: StateStore): Promise<void> {
  const there = await to.get<string>(INSTALLATION, 'kind');
  if (there !== undefined && there.value !== kind)
    throw new DomainError('conflict', 'move.other_kind', `The database holds ${there.value} data, this is ${kind}.`);
  const from = openSqliteStateStore(file);
  try {
    const counts = await copyRecords(from, to, (space, record) => !LEFT_BEHIND.has(space) && isWhole(space, record));
    await to.set(INSTALLATION, 'kind', kind);
    print(`state  ${inWords(counts)}`);
  } finally {
    await from.close();
  }
}

/** Uploads that are not complete have bytes that lie nowhere but in the old directory: they are begun again. */
function isWhole(space: string, { value }: StateRecord<unknown>): boolean {
  return space !== 'upload' || (value as { sha256?: string }).sha256 !== undefined;
}

async function moveKeys(file: string, to: StateStore): Promise<void> {
  const from = openSqliteStateStore(file, { leaveNoTrace: true });
  try {
    print(`keys   ${inWords(await copyRecords(from, to))}`);
  } finally {
    await from.close();
  }
}

async function moveFiles(directory: string, to: BlobStore): Promise<void> {
  const { objects, bytes } = await copyObjects(openFileBlobStore(directory), to);
  print(`files  ${objects} objects, ${bytes} bytes`);
}

function kindOf(directory: string): string {
  return readFileSync(join(directory, 'kind'), 'utf8').trim();
}

function inWords(counts: ReadonlyMap<string, number>): string {
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  return `${sum} records (${[...counts].map(([space, count]) => `${space} ${count}`).join(', ')})`;
}
