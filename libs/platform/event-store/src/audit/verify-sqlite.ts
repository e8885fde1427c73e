import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '@casebook/kernel';
import { openDatabase } from '@casebook/sqlite';
import { LOG_FILE, openSqliteEventStore } from '../sqlite/sqlite-event-store';
import type { Finding } from './chain-check';
import { readCheckpoint } from './global-head';
import { verifyLog, type Verdict } from './verify-log';

export interface VerifySqliteOptions {
  /** The directory of the log. */
  readonly directory: string;
  /** Checks this stream alone. */
  readonly stream?: string;
  /** File of the global head (GlobalHead) that the log must reach. */
  readonly checkpointFile?: string;
}

/**
 * Checks a log on SQLite over connections of its own, beside whoever writes: chains, global head, and the file.
 * DomainError `missing` when there is no log in the directory.
 */
export async function verifySqlite(options: VerifySqliteOptions): Promise<Verdict> {
  const { directory } = options;
  requireLog(directory);
  const verdict = await verifyEvents(options).catch(cannotOpen);
  const findings = [...verdict.findings, ...checkFile(directory)];
  return { ...verdict, ok: findings.length === 0, findings };
}

/** Throws DomainError `missing` when there is no log in the directory. */
export function requireLog(directory: string): void {
  if (existsSync(join(directory, LOG_FILE))) return;
  throw new DomainError('missing', 'log.missing', `There is no event log in ${directory}`);
}

async function verifyEvents({ directory, stream, checkpointFile }: VerifySqliteOptions): Promise<Verdict> {
  const checkpoint = checkpointFile === undefined ? undefined : readCheckpoint(checkpointFile);
  const store = openSqliteEventStore({ directory, readonly: true });
  try {
    return await verifyLog(store, {
      ...(stream !== undefined && { stream }),
      ...(checkpoint?.position !== undefined && { checkpoint }),
    });
  } finally {
    await store.close();
  }
}

function cannotOpen(error: unknown): Verdict {
  const message = `${LOG_FILE} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
  return { ok: false, events: 0, streams: 0, findings: [{ kind: 'unreadable', message }] };
}

const MOST_FINDINGS = 10;

/** SQLite's own check: names pages and indexes that are damaged where no event is. */
function checkFile(directory: string): Finding[] {
  try {
    return integrityOf(join(directory, LOG_FILE)).map((line) => ({ kind: 'storage', message: `${LOG_FILE}: ${line}` }));
  } catch (error) {
    return [{ kind: 'storage', message: `${LOG_FILE}: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

function integrityOf(file: string): string[] {
  const database = openDatabase(file, { synchronous: 'FULL', readonly: true });
  try {
    const lines = database.prepare<[], string>(`PRAGMA integrity_check(${MOST_FINDINGS})`).pluck().all();
    return lines.filter((line) => line !== 'ok');
  } finally {
    database.close();
  }
}
