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

const parsed = new Map<string, readonly number[]>();

/** Split once: the same few versions are compared for every vulnerability. */
function numbers(version: string): readonly number[] {
  let result = parsed.get(version);
  if (!result) {
    result = version.split('.').map(Number);
    // Versions of servers come from outside; the table must not grow with them.
    if (parsed.size < 1_000) parsed.set(version, result);
  }
  return result;
}

/** Compares dotted versions by number: negative, zero or positive. Missing parts count as 0. */
export const compareVersions = (a: string, b: string): number => compare(numbers(a), numbers(b));

function compare(left: readonly number[], right: readonly number[]): number {
  for (let i = 0; i < left.length || i < right.length; i += 1) {
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
  const own = numbers(versionText(version));
  return ranges.some(({ from, before }) => compare(own, numbers(before)) < 0 && compare(own, numbers(from)) >= 0);
}
