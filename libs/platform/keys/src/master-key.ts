import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DomainError } from '@casebook/kernel';
import { makeDirectory, syncDirectory } from '@casebook/sqlite';

/** Master keys by version. The highest version wraps; older ones stay to open what they wrapped. */
export type MasterKeys = ReadonlyMap<number, Buffer>;

export const KEY_BYTES = 32;

const HEADER = `# Casebook master key: version and 32 bytes in Base64, the highest version is in use.
# Without this file nothing personal in the data can be read. Keep a copy away from the backups.
`;

/**
 * Reads the master key file; with `create`, makes it (mode 0600) when it is missing.
 * Throws DomainError `unavailable` when it is missing or not in order.
 */
export function readMasterKeyFile(path: string, create: boolean): MasterKeys {
  const file = resolve(path);
  const text = readIfThere(file);
  if (text !== undefined) return parse(file, text);
  if (!create)
    throw new DomainError(
      'unavailable',
      'keys.master-key-missing',
      `The master key file ${file} is missing, and the keys in the data were wrapped with it. Put it back.`,
    );
  createFile(file);
  return parse(file, readFileSync(file, 'utf8'));
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    // What a mounted file of somebody else, or a mount of no file at all, looks like in a container.
    const why = hasCode(error, 'EACCES')
      ? 'may not be read by this user'
      : hasCode(error, 'EISDIR') && 'is a directory';
    if (why === false) throw error;
    throw new DomainError('unavailable', 'keys.master-key-unreadable', `The master key file ${file} ${why}.`);
  }
}

/** Appears whole or not at all: of two processes that start at once, one makes the key and both use it. */
function createFile(file: string): void {
  makeDirectory(dirname(file));
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${HEADER}1 ${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  syncDirectory(dirname(file));
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function parse(file: string, text: string): MasterKeys {
  const keys = new Map<number, Buffer>();
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const match = /^([1-9]\d{0,5}) ([A-Za-z0-9+/]{43}=)$/.exec(line);
    const version = Number(match?.[1]);
    if (!match || keys.has(version)) throw broken(file);
    keys.set(version, Buffer.from(match[2] ?? '', 'base64'));
  }
  if (keys.size === 0) throw broken(file);
  return keys;
}

function broken(file: string): DomainError {
  return new DomainError(
    'unavailable',
    'keys.master-key-broken',
    `The master key file ${file} must hold lines of a version and 32 bytes in Base64, each version once.`,
  );
}
