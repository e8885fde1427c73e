import { ArchiveError, printable } from './archive-error';

const MAX_LENGTH = 300;
const MAX_DEPTH = 8;

/**
 * Checks the name of an entry and removes a leading "./" and a trailing slash. Nothing is ever written to disk;
 * the check keeps reports, `show` and later readers free of names that only an attack needs.
 */
export function safeName(name: string): string {
  const refuse = (why: string): never => {
    throw new ArchiveError('refused-entry', `The archive holds an entry whose name ${why}: "${printable(name)}".`);
  };
  if (name.length > MAX_LENGTH) refuse('is too long');
  if (/[\p{Cc}\p{Cf}\p{Cs}\uFFFD]/u.test(name)) refuse('holds control characters');
  if (name.includes('\\')) refuse('holds a backslash');
  if (/^[a-zA-Z]:/.test(name)) refuse('begins with a drive letter');
  if (name.startsWith('/')) refuse('is an absolute path');
  const parts = name
    .replace(/^(\.\/)+/, '')
    .replace(/\/$/, '')
    .split('/');
  if (parts.includes('..')) refuse('climbs out of the archive with ".."');
  if (parts.some((part) => part === '.' || (part === '' && parts.length > 1))) refuse('is not written plainly');
  if (parts.length > MAX_DEPTH) refuse('is nested too deeply');
  return parts.join('/');
}
