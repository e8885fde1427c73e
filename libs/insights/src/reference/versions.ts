/** A server version as PostgreSQL numbers it: 150018 is 15.18, 90624 is 9.6.24. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: number;
}

/** Splits `server_version_num`. */
export function versionOf(num: number): ServerVersion {
  if (num >= 100_000) return { major: String(Math.floor(num / 10_000)), minor: num % 10_000 };
  return { major: `${Math.floor(num / 10_000)}.${Math.floor(num / 100) % 100}`, minor: num % 100 };
}

export const versionText = ({ major, minor }: ServerVersion): string => `${major}.${minor}`;

const numbers = (version: string): readonly number[] => version.split('.').map(Number);

/** Compares dotted versions by number: negative, zero or positive. Missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version lies in one of the ranges of a vulnerability. */
export function isAffected(
  version: ServerVersion,
  ranges: readonly { readonly from: string; readonly before: string }[],
): boolean {
  const text = versionText(version);
  return ranges.some(({ from, before }) => compareVersions(text, from) >= 0 && compareVersions(text, before) < 0);
}
