import { start as startEventStoreDb } from './eventstoredb';
import { start as startMongoDb } from './mongodb';
import type { Engine } from './process';
import { start as startS3 } from './s3';

/**
 * Settings for event log, database and files: of the servers that the environment names, or of new ones, which are
 * added to `servers` for the caller to stop. The database is one of its own for this run.
 */
export async function serverSettings(servers: Engine[]): Promise<Record<string, string> & { MONGODB_URL: string }> {
  const settings: Record<string, string> = {};
  for (const [name, start] of [
    ['EVENTSTOREDB_URL', startEventStoreDb],
    ['MONGODB_URL', startMongoDb],
    ['S3_ENDPOINT', startS3],
  ] as const) {
    const given = process.env[name];
    if (given !== undefined) {
      settings[name] = given;
      continue;
    }
    const server = await start();
    servers.push(server);
    Object.assign(settings, server.settings);
  }
  const database = new URL(settings['MONGODB_URL'] ?? '');
  database.pathname = `/casebook-${process.pid}`;
  return { ...settings, MONGODB_URL: database.href };
}
