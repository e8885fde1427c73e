import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from '@casebook/state';
import { ConfigError } from '../config';

/**
 * Marks a new data directory as demo or real, and refuses one that was begun as the other: known passwords and real
 * customers never meet. True when the directory is new.
 */
export function prepareDirectory(dataDirectory: string, demo: boolean): boolean {
  const file = join(dataDirectory, 'kind');
  const kind = demo ? 'demo' : 'real';
  if (existsSync(file)) {
    const found = readFileSync(file, 'utf8').trim();
    if (found !== kind) {
      throw new ConfigError(
        found === 'demo'
          ? `${dataDirectory} holds demo data; for real use set DATA_DIR to an empty directory.`
          : `${dataDirectory} holds real data; the demo needs a directory of its own: set DATA_DIR, or DEMO=false.`,
      );
    }
    return false;
  }
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${kind}\n`, { mode: 0o600 });
  return true;
}

/** The same for an installation whose state lies on a server, which no directory of one instance can speak for. */
export async function claimKind(state: StateStore, demo: boolean): Promise<void> {
  const kind = demo ? 'demo' : 'real';
  if ((await state.insert('installation', 'kind', kind)) !== undefined) return;
  const found = (await state.get<string>('installation', 'kind'))?.value;
  if (found !== kind) throw new ConfigError(`The database holds ${found} data; this was started for ${kind} use.`);
}
