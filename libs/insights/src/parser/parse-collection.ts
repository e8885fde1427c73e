import { createHash } from 'node:crypto';
import { ArchiveError, printable } from '../archive/archive-error';
import type { Archive } from '../archive/archive';
import type { Collection, FileEntry, Part } from '../format/collection';
import { itemOfName, itemOfPath } from '../format/items';
import type { Item } from '../format/item';
import { readManifest, type Manifest, type ManifestItem } from '../format/manifest';
import { parseJson, ShapeError } from '../format/shapes';
import { compareChecksums, readChecksums } from './checksums';
import { readPart } from './parts';

/** More text than this in one known item is never read into rows. */
const MAX_ITEM_BYTES = 16 * 1024 * 1024;
/** All texts kept for rows together. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** The files of an archive under its one top folder. */
interface Gathered {
  readonly files: readonly FileEntry[];
  readonly sums: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads every entry once: sums of all, texts of those that `wanted` names. */
async function gather(archive: Archive, wanted: (path: string) => boolean): Promise<Gathered> {
  const files: FileEntry[] = [];
  const sums = new Map<string, string>();
  const texts = new Map<string, string>();
  let top: string | null = null;
  let kept = 0;
  for await (const { name, content } of archive.entries) {
    const slash = name.indexOf('/');
    if (slash < 0)
      throw new ArchiveError('not-collection', 'The archive is not a collection: it has no single top folder.');
    top ??= name.slice(0, slash);
    if (top !== name.slice(0, slash))
      throw new ArchiveError('not-collection', 'The archive is not a collection: it has more than one top folder.');
    const path = name.slice(slash + 1);
    files.push({ path, bytes: content.length });
    sums.set(path, createHash('sha256').update(content).digest('hex'));
    if (wanted(path) && content.length <= MAX_ITEM_BYTES && kept + content.length <= MAX_KEPT_BYTES) {
      kept += content.length;
      // Programs on Windows put a byte order mark first.
      texts.set(path, content.toString('utf8').replace(/^\uFEFF/, ''));
    }
  }
  if (files.length === 0) throw new ArchiveError('not-collection', 'The archive is empty.');
  return { files, sums, texts };
}

const isWanted = (path: string): boolean =>
  path === 'manifest.json' || path === 'SHA256SUMS' || itemOfPath(path) !== null;

/** Reads a collection of format 1.x out of an opened archive; anything wrong with it is an `ArchiveError`. */
export async function parseCollection(archive: Archive): Promise<Collection> {
  return toCollection(await gather(archive, isWanted));
}

/** The same from files already gathered. */
function toCollection(gathered: Gathered): Collection {
  const manifest = manifestOf(gathered.texts);
  verify(gathered, manifest);
  const parts = new Map<string, Part[]>();
  const listed = new Set(['manifest.json', 'SHA256SUMS']);
  for (const line of manifest.items) {
    const known = itemOfLine(line);
    if (!known) continue;
    const path = line.path ?? known.item.path;
    listed.add(path);
    const part = readPart(known.item, known.oid, line, path, gathered.texts.get(path) ?? null);
    const siblings = parts.get(known.item.name);
    if (siblings) siblings.push(part);
    else parts.set(known.item.name, [part]);
  }
  const unknownFiles = gathered.files.flatMap(({ path }) => (listed.has(path) ? [] : [path]));
  return { source: 'collection', manifest, parts: Object.fromEntries(parts), files: gathered.files, unknownFiles };
}

/** What was skipped has no path: its name tells which item it is. */
function itemOfLine(line: ManifestItem): { readonly item: Item; readonly oid: string | null } | null {
  if (line.path !== null) return itemOfPath(line.path);
  const item = itemOfName(line.item);
  return item ? { item, oid: null } : null;
}

function manifestOf(texts: ReadonlyMap<string, string>): Manifest {
  const text = texts.get('manifest.json');
  if (text === undefined)
    throw new ArchiveError('not-collection', 'The archive is not a collection: it holds no manifest.json.');
  try {
    const manifest = readManifest(parseJson(text, 'manifest.json'));
    if (!('problem' in manifest)) return manifest;
    throw new ArchiveError(manifest.problem.includes('newer') ? 'future-format' : 'not-collection', manifest.problem);
  } catch (error) {
    if (error instanceof ShapeError)
      throw new ArchiveError('not-collection', `The manifest cannot be used: ${error.message}.`);
    throw error;
  }
}

function verify({ sums, texts }: Gathered, manifest: Manifest): void {
  const listing = texts.get('SHA256SUMS');
  if (listing === undefined)
    throw new ArchiveError('checksum', 'The archive holds no SHA256SUMS, so nobody can tell whether it is whole.');
  const files = new Map(sums);
  files.delete('SHA256SUMS');
  compareChecksums(readChecksums(listing), files);
  for (const { path, sha256 } of manifest.items) checkListed(path, sha256, sums);
}

function checkListed(path: ManifestItem['path'], sha256: string | null, sums: ReadonlyMap<string, string>): void {
  if (path === null || sha256 === null) return;
  const actual = sums.get(path);
  if (actual !== undefined && actual !== sha256)
    throw new ArchiveError(
      'checksum',
      `The manifest gives another checksum for "${printable(path)}" than the file has.`,
    );
}
