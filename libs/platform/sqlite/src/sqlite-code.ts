/**
 * The result code of an SQLite failure (`SQLITE_FULL`, `SQLITE_BUSY_SNAPSHOT` …), or undefined for any other error.
 * By name, not by class: the native part keeps the class of whichever copy of the library was loaded first.
 */
export function sqliteCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('name' in error) || !('code' in error)) return undefined;
  return error.name === 'SqliteError' && typeof error.code === 'string' ? error.code : undefined;
}
