import { openSqliteStateStore } from '../sqlite-state-store';
import type { StateStore } from '../state-store';

/** How a second process of the contract suite opens the SQLite store. */
export async function open(file: string): Promise<StateStore> {
  return openSqliteStateStore(file);
}
