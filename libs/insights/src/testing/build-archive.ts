import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import type { Collection } from '../format/collection';

export interface ArchiveFile {
  readonly name: string;
  readonly content: string | Buffer;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** A .tar.gz of entries as they are given, well-behaved or not. */
export async function tarGz(
  entries: readonly (ArchiveFile & { readonly header?: Partial<Header> })[],
): Promise<Buffer> {
  return gzipSync(await tar(entries));
}

async function tar(entries: readonly (ArchiveFile & { readonly header?: Partial<Header> })[]): Promise<Buffer> {
  const stream = pack();
  for (const { name, content, header } of entries) stream.entry({ name, ...header }, Buffer.from(content));
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The files of a collection in format 1.0, manifest and sums included; `top` is their folder. */
export function collectionFiles(
  collection: Collection,
  top = 'insights-pg-ams-1-pg-20261120T010212Z-8c41f0aa',
): readonly ArchiveFile[] {
  const parts = Object.entries(collection.parts).flatMap(([item, list]) => list.map((part) => ({ item, part })));
  const data = parts.flatMap(({ part }) =>
    part.status === 'ok' || part.status === 'partial' || part.status === 'invalid'
      ? [{ name: part.path, content: contentOf(part.path, part.rows as readonly Record<string, unknown>[]) }]
      : [],
  );
  const { manifest } = collection;
  const sums = new Map(data.map(({ name, content }) => [name, sha256(content)]));
  const written = {
    format_version: manifest.formatVersion,
    collection_id: manifest.collectionId,
    kind: manifest.kind,
    depth: manifest.depth,
    collector: manifest.collector,
    host: { name: manifest.host.name, id_hash: manifest.host.idHash },
    os_user: manifest.osUser,
    times: { started: manifest.takenAt },
    items: parts.map(({ item, part }) => ({
      item,
      path: part.path,
      status: part.status === 'invalid' ? 'ok' : part.status,
      detail: part.detail,
      bytes: 0,
      sha256: sums.get(part.path) ?? null,
      truncated: part.truncated,
    })),
  };
  return withSums(top, [{ name: 'manifest.json', content: JSON.stringify(written) }, ...data]);
}

/** Puts files into a folder and adds its SHA256SUMS. */
export function withSums(top: string, files: readonly ArchiveFile[]): readonly ArchiveFile[] {
  const sums = files.map(({ name, content }) => `${sha256(content)}  ${name}\n`).join('');
  return [...files, { name: 'SHA256SUMS', content: sums }].map(({ name, content }) => ({
    name: `${top}/${name}`,
    content,
  }));
}

function contentOf(path: string, rows: readonly Record<string, unknown>[]): string {
  if (path.endsWith('.ndjson')) return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  if (path.startsWith('host/df')) return dfText(rows);
  if (path === 'barman/check.json')
    return JSON.stringify(nested(rows, (row) => [String(row.check), { status: row.status, hint: row.hint }]));
  if (path === 'barman/list-backups.json') return JSON.stringify(backups(rows));
  if (path === 'barman/show-servers.txt' || path === 'barman/status.txt')
    return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  if (path.endsWith('.tsv')) return rows.map((row) => `${String(row.key)}\t${String(row.value)}\n`).join('');
  if (rows.some((row) => 'text' in row)) return rows.map((row) => `${String(row.text)}\n`).join('');
  const separator = path === 'host/meminfo.txt' ? ': ' : '=';
  return rows.map((row) => `${String(row.key)}${separator}${String(row.value)}\n`).join('');
}

function dfText(rows: readonly Record<string, unknown>[]): string {
  const line = (row: Record<string, unknown>) =>
    `${String(row.device)} ${String(row.total)} ${String(row.used)} ${String(row.available)} ${String(row.used_percent)}% ${String(row.mount)}\n`;
  return `Filesystem 1024-blocks Used Available Capacity Mounted on\n${rows.map(line).join('')}`;
}

function nested(
  rows: readonly Record<string, unknown>[],
  entry: (row: Record<string, unknown>) => [string, unknown],
): object {
  const servers: Record<string, Record<string, unknown>> = {};
  for (const row of rows) {
    const [key, value] = entry(row);
    (servers[String(row.server)] ??= {})[key] = value;
  }
  return servers;
}

function backups(rows: readonly Record<string, unknown>[]): object {
  const servers: Record<string, unknown[]> = {};
  for (const row of rows)
    (servers[String(row.server)] ??= []).push({
      backup_id: row.backup_id,
      status: row.status,
      end_time_timestamp: String(row.end_time),
      size_bytes: row.size_bytes,
    });
  return servers;
}
