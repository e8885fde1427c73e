export type ArchiveErrorCode =
  | 'not-archive'
  | 'not-collection'
  | 'future-format'
  | 'too-large'
  | 'too-slow'
  | 'refused-entry'
  | 'damaged'
  | 'checksum'
  | 'unreadable';

/** Why a file cannot be used, in one sentence for people. Names inside it are made printable. */
export class ArchiveError extends Error {
  constructor(
    readonly code: ArchiveErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ArchiveError';
  }
}

/** A name from an archive, safe to print on a terminal: no control or direction characters, at most 80 long. */
export function printable(name: string): string {
  const clean = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');
  return clean.length > 80 ? `${clean.slice(0, 77)}...` : clean;
}
