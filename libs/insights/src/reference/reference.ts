import cves from './postgresql-cves.json';
import epas from './epas-releases.json';
import os from './os-support.json';
import releases from './postgresql-releases.json';

/** A value with the key of its source in the same file. */
interface Sourced<T> {
  readonly value: T;
  readonly source: string;
}

export interface MinorRelease extends Sourced<number> {
  /** False where a newer minor release is likely but was not seen. */
  readonly newestVerified: boolean;
}

export interface Release {
  readonly major: string;
  readonly latestMinor: MinorRelease;
  /** Days as YYYY-MM-DD. */
  readonly firstRelease?: Sourced<string>;
  readonly finalRelease?: Sourced<string>;
}

export interface Cve {
  readonly id: string;
  readonly title: string | null;
  /** CVSS 3.1 base score; null when the source gives none. */
  readonly cvss: number | null;
  readonly vector: string | null;
  readonly component: string;
  /** The contrib extension that is affected; without it installed the flaw cannot be reached. */
  readonly extension?: string;
  /** Versions from `from` (0: every older major) up to, not including, `before`. */
  readonly affected: readonly { readonly from: string; readonly before: string }[];
  readonly source: string;
}

export interface OsSupport {
  readonly id: string;
  readonly version: string;
  readonly end: Sourced<string>;
  readonly extendedEnd?: Sourced<string>;
}

export interface ReferenceFile {
  readonly id: string;
  readonly asOf: string;
  readonly note: string;
  readonly sources: Readonly<Record<string, string>>;
}

/** What is known about releases and flaws, as dated files; a report names the files it used. */
export interface Reference {
  readonly releases: ReferenceFile & { readonly releases: readonly Release[] };
  readonly epas: ReferenceFile & { readonly releases: readonly Release[] };
  readonly cves: ReferenceFile & { readonly cves: readonly Cve[] };
  readonly os: ReferenceFile & { readonly systems: readonly OsSupport[] };
}

export const bundledReference: Reference = { releases, epas, cves, os };

/** Ids of the reference files, for reports. */
export const referenceIds = (reference: Reference): readonly string[] =>
  [reference.releases, reference.epas, reference.cves, reference.os].map(({ id }) => id);
