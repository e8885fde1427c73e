import { createHash } from 'node:crypto';
import type { Archive } from '../archive/archive';
import { ArchiveError } from '../archive/archive-error';
import type { Collection, FileEntry, Part } from '../format/collection';
import type { Json, RawRow } from '../format/columns';
import type { Item } from '../format/item';
import { items } from '../format/items';
import { isObject, parseJson } from '../format/shapes';

const NAME = /^tungsten-diag-(\d{4})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})/;

/** Whether a file is named as `tpm diag` names its zip. */
export const isTpmDiag = (fileName: string): boolean => NAME.test(fileName);

/** The time in the name of a `tpm diag` zip, taken as UTC; null when the name holds none. */
export function timeOfTpmDiag(fileName: string): string | null {
  const match = NAME.exec(fileName);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

interface Found {
  readonly path: string;
  readonly rows: readonly RawRow[];
}

/** Reads a `tpm diag` zip: one folder per host, of which the replicators, policies and changed files are used. */
export async function parseTpmDiag(archive: Archive, bytes: Buffer, fileName: string): Promise<Collection> {
  const files: FileEntry[] = [];
  const found = new Map<Item, Found[]>();
  for await (const { name, content } of archive.entries) {
    files.push({ path: name, bytes: content.length });
    const reader = readerOf(name);
    if (!reader) continue;
    const parts = found.get(reader.item) ?? [];
    parts.push({ path: name, rows: reader.read(content.toString('utf8'), hostOf(name)) });
    found.set(reader.item, parts);
  }
  if (found.size === 0)
    throw new ArchiveError(
      'not-collection',
      'The archive is named like a tpm diag zip but holds no trepctl or cctrl output.',
    );
  const used = new Set([...found.values()].flatMap((parts) => parts.map(({ path }) => path)));
  return {
    source: 'tpm-diag',
    manifest: {
      formatVersion: '1.0',
      collectionId: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
      kind: 'tungsten',
      depth: null,
      collector: { name: 'tpm diag', version: null, catalogue: null },
      host: { name: fileName.replace(/\.zip$/i, ''), idHash: null },
      osUser: null,
      takenAt: timeOfTpmDiag(fileName) ?? new Date(0).toISOString(),
      items: [...found].flatMap(([item, parts]) =>
        parts.map(({ path }) => ({
          item: item.name,
          path,
          status: 'ok' as const,
          detail: null,
          bytes: null,
          sha256: null,
          truncated: false,
        })),
      ),
    },
    parts: Object.fromEntries([...found].map(([item, parts]) => [item.name, parts.map(toPart)])),
    files,
    unknownFiles: files.flatMap(({ path }) => (used.has(path) ? [] : [path])),
  };
}

const toPart = ({ path, rows }: Found): Part => ({
  path,
  oid: null,
  status: 'ok',
  detail: null,
  truncated: false,
  rows,
  lines: rows.map(() => null),
});

/** The folder that holds the file is named after its host. */
const hostOf = (path: string): string | null => path.split('/').at(-2) ?? null;

function readerOf(path: string): { item: Item; read: (text: string, host: string | null) => readonly RawRow[] } | null {
  const file = path.split('/').at(-1) ?? '';
  if (file === 'trepctl.json') return { item: items.tungsten.replicators, read: replicators };
  if (/^cctrl.*\.txt$/.test(file)) return { item: items.tungsten.clusters, read: clusters };
  if (file === 'tpm_diff.txt') return { item: items.tungsten.drift, read: drift };
  return null;
}

function replicators(text: string, host: string | null): readonly RawRow[] {
  const json = parseJson(text, 'trepctl.json');
  return services(json).map((service) => ({
    host,
    service: textOf(service.serviceName),
    state: textOf(service.state) ?? 'unknown',
    applied_latency_s: numberOf(service.appliedLatency),
  }));
}

/** A service is an object with a state; trepctl prints one, a list, or lists by service. */
function services(json: Json): readonly RawRow[] {
  if (Array.isArray(json)) return (json as readonly Json[]).flatMap(services);
  if (!isObject(json)) return [];
  if ('state' in json && 'serviceName' in json) return [json];
  return Object.values(json).flatMap((child) => (typeof child === 'object' ? services(child) : []));
}

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

function numberOf(value: Json | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** `COORDINATOR[db1:AUTOMATIC:ONLINE]` names the policy. */
function clusters(text: string, host: string | null): readonly RawRow[] {
  const rows = [...text.matchAll(/COORDINATOR\[([^:\]]+):([A-Z]+):[A-Z]+\]/g)].map((match) => ({
    host,
    service: null,
    policy: match[2] ?? '',
  }));
  return rows.slice(0, 1_000);
}

function drift(text: string, host: string | null): readonly RawRow[] {
  return text
    .split('\n')
    .flatMap((line) => /^(?:\+\+\+|[MAD?]+|modified:?)?\s*(\/\S+)/i.exec(line.trim())?.[1] ?? [])
    .slice(0, 1_000)
    .map((file) => ({ host, file }));
}
