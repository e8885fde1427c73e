import { existsSync } from 'node:fs';
import { DomainError } from '@casebook/kernel';
import { readConfig, type Config } from '../../api/src/config';
import { pathsIn } from '../../api/src/paths';

/** Settings for a command: those of the server, though neither port nor sign-in need to be right. */
export function cliConfig(): Pick<Config, 'dataDirectory' | 'masterKeyFile'> {
  const { DATA_DIR, MASTER_KEY_FILE } = process.env;
  return readConfig({
    ...(DATA_DIR !== undefined && { DATA_DIR }),
    ...(MASTER_KEY_FILE !== undefined && { MASTER_KEY_FILE }),
  });
}

/** Fails in one sentence when there is nothing in the data directory yet. */
export function requireData(dataDirectory: string): void {
  if (existsSync(pathsIn(dataDirectory).log)) return;
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
