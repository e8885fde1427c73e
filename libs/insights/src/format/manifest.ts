import type { Json } from './columns';

/** The format this code reads: any 1.x; additive changes only inside a major. */
const FORMAT_MAJOR = 1;

const ITEM_STATUSES = ['ok', 'partial', 'denied', 'timeout', 'error', 'skipped'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

/** One line of the manifest: what was asked, where it lies, how it went. */
export interface ManifestItem {
  readonly item: string;
  readonly path: string | null;
  readonly status: ItemStatus;
  /** SQLSTATE, return code or a short word; never text from the server. */
  readonly detail: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly truncated: boolean;
}

export interface Manifest {
  readonly formatVersion: string;
  readonly collectionId: string;
  readonly kind: string;
  readonly depth: string | null;
  readonly collector: { readonly name: string; readonly version: string | null; readonly catalogue: string | null };
  readonly host: { readonly name: string; readonly idHash: string | null };
  readonly osUser: string | null;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly items: readonly ManifestItem[];
}

/** A sentence that says what is wrong with the manifest. */
export interface ManifestProblem {
  readonly problem: string;
}

type Dict = Readonly<Record<string, Json>>;

const isDict = (value: Json | undefined): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
const textOrNumber = (value: Json | undefined): string | null =>
  typeof value === 'number' ? String(value) : text(value);

/** Makes a manifest of parsed JSON, or says in one sentence why it is none. */
export function readManifest(json: Json): Manifest | ManifestProblem {
  if (!isDict(json)) return { problem: 'The manifest does not hold an object.' };
  const version = textOrNumber(json.format_version);
  if (version === null || !/^\d{1,4}(\.\d{1,4})?$/.test(version))
    return { problem: 'The manifest names no format version.' };
  if (Number(version.split('.')[0]) !== FORMAT_MAJOR)
    return {
      problem: `The collection has format version ${version} and this Casebook reads version ${FORMAT_MAJOR}.x; use a newer Casebook.`,
    };
  const collectionId = text(json.collection_id);
  const kind = text(json.kind);
  const takenAt = takenTime(json);
  const host = isDict(json.host) ? json.host : {};
  const hostName = text(host.name);
  if (collectionId === null || collectionId === '') return { problem: 'The manifest has no collection_id.' };
  if (kind === null || kind === '') return { problem: 'The manifest does not say which kind of collection it is.' };
  if (takenAt === null) return { problem: 'The manifest does not say when the collection was taken.' };
  if (hostName === null || hostName === '') return { problem: 'The manifest does not name the host.' };
  const items = readItems(json.items);
  if ('problem' in items) return items;
  const collector = isDict(json.collector) ? json.collector : {};
  return {
    formatVersion: version,
    collectionId,
    kind,
    depth: text(json.depth),
    collector: {
      name: text(collector.name) ?? 'unknown',
      version: text(collector.version),
      catalogue: textOrNumber(collector.catalogue),
    },
    host: { name: hostName, idHash: text(host.id_hash) },
    osUser: text(json.os_user),
    takenAt,
    items: items.items,
  };
}

function takenTime(json: Dict): string | null {
  const times = isDict(json.times) ? json.times : {};
  const value = text(times.started) ?? text(times.start) ?? text(json.taken_at);
  if (value === null) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function readItems(json: Json | undefined): { items: readonly ManifestItem[] } | ManifestProblem {
  if (!Array.isArray(json)) return { problem: 'The manifest lists no items.' };
  const items: ManifestItem[] = [];
  for (const entry of json as readonly Json[]) {
    if (!isDict(entry)) return { problem: 'The manifest lists an item that is not an object.' };
    const item = text(entry.item);
    const status = ITEM_STATUSES.find((known) => known === entry.status);
    if (item === null) return { problem: 'The manifest lists an item without a name.' };
    if (status === undefined) return { problem: `The manifest gives ${item} a status that the format does not know.` };
    items.push({
      item,
      path: text(entry.path),
      status,
      detail: textOrNumber(entry.detail),
      bytes: typeof entry.bytes === 'number' ? entry.bytes : null,
      sha256: text(entry.sha256),
      truncated: entry.truncated === true,
    });
  }
  return { items };
}
