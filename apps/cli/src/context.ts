import { existsSync } from 'node:fs';
import { DomainError } from '@casebook/kernel';
import { readConfig, type Config } from '../../api/src/config';
import { pathsIn } from '../../api/src/paths';

/** What commands need of the settings; neither port nor sign-in have to be right for them. */
const NEEDED = [
  'DATA_DIR',
  'MASTER_KEY_FILE',
  'EVENTSTOREDB_URL',
  'MONGODB_URL',
  'S3_ENDPOINT',
  'S3_PUBLIC_ENDPOINT',
  'INSECURE_HTTP',
  'S3_REGION',
  'S3_BUCKET',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
];

export type CliConfig = Pick<Config, 'dataDirectory' | 'masterKeyFile' | 'engines'>;

/** Settings for a command. */
export function cliConfig(): CliConfig {
  return readConfig(Object.fromEntries(NEEDED.map((name) => [name, process.env[name]])));
}

/** Fails in one sentence where a command copies or checks files that are not used, because a server is. */
export function requireEmbedded(engines: Config['engines'], what: string): void {
  if (Object.keys(engines).length === 0) return;
  throw new DomainError(
    'conflict',
    'data.on-servers',
    `${what} works on the embedded engines alone; here servers are set. Use their own tools: docs/deploy.md.`,
  );
}

/** Fails in one sentence when there is nothing in the data directory yet. */
export function requireData({ dataDirectory, engines }: CliConfig): void {
  if (engines.eventStoreDb !== undefined || existsSync(pathsIn(dataDirectory).log)) return;
  throw new DomainError(
    'missing',
    'data.missing',
    `There is no Casebook data in ${dataDirectory}. Start it once, or set DATA_DIR.`,
  );
}

/** Writes a command's result, alone on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Says something beside the result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Says now and then how far a long copy of the log is. */
export function eventsSaid(): (events: number) => void {
  let said = 0;
  return (events) => {
    if (events - said < 10_000) return;
    said = events;
    say(`${events} events …`);
  };
}
