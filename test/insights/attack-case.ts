import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { collectionFiles, withSums, type ArchiveFile } from '../../libs/insights/src/testing/build-archive';
import { buildCollection } from '../../libs/insights/src/testing/build-collection';

/** A crafted file and what may become of it. */
export interface AttackCase {
  readonly name: string;
  readonly bytes: Buffer;
  /** `refused`: only a refusal is right. `either`: a collection is fine too, as long as nothing breaks. */
  readonly expect: 'refused' | 'either';
  /** File name, where it matters. */
  readonly file?: string;
}

export const TOP = 'insights-pg-ams-1-postgresql-20261120T010212Z-8c41f0aa';

/** The files of a sound collection, for spoiling. */
export const soundFiles = (): readonly ArchiveFile[] => collectionFiles(buildCollection(), TOP);

/** Sound data files without folder, manifest and sums. */
export const innerFiles = (): readonly ArchiveFile[] =>
  soundFiles()
    .map(({ name, content }) => ({ name: name.slice(TOP.length + 1), content }))
    .filter(({ name }) => name !== 'SHA256SUMS');

export const resummed = (files: readonly ArchiveFile[]): readonly ArchiveFile[] => withSums(TOP, files);

export interface RawHeader {
  readonly name: string;
  readonly type?: string;
  readonly size?: number | string | Buffer;
  readonly linkname?: string;
  readonly prefix?: string;
  readonly magic?: string;
  readonly badSum?: boolean;
  readonly content?: Buffer | string;
}

/** One tar entry byte by byte, with whatever lies in its header. */
export function rawEntry({
  name,
  type = '0',
  size,
  linkname = '',
  prefix = '',
  magic = 'ustar\0' + '00',
  badSum = false,
  content = '',
}: RawHeader): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name.slice(0, 100), 0, 'utf8');
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (Buffer.isBuffer(size)) size.copy(header, 124);
  else header.write(typeof size === 'string' ? size : `${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156, 'latin1');
  header.write(linkname.slice(0, 100), 157);
  header.write(magic, 257, 'latin1');
  header.write(prefix.slice(0, 155), 345);
  const sum = header.reduce((total, byte) => total + byte, 0) + (badSum ? 1 : 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

export const END = Buffer.alloc(1024);

export const rawTarGz = (...entries: readonly Buffer[]): Buffer => gzipSync(Buffer.concat([...entries, END]));

/** A PAX record: its length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

export interface RawZipEntry {
  readonly name: string | Buffer;
  readonly content?: Buffer | string;
  readonly attributes?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly stored?: boolean;
  readonly offset?: number;
}

/** A zip byte by byte. */
export function rawZip(entries: readonly RawZipEntry[], count = entries.length): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name as string);
    const content = Buffer.from(entry.content ?? '');
    const data = entry.stored === true ? content : deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    // 0x800: names are UTF-8.
    fields.writeUInt16LE(0x800 | (entry.flags ?? 0), 2);
    fields.writeUInt16LE(entry.stored === true ? 0 : 8, 4);
    fields.writeUInt32LE(entry.crc ?? crc32(content), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(entry.size ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, data]);
    const central = Buffer.alloc(20);
    central.writeUInt16LE(0, 0);
    central.writeUInt32LE((entry.attributes ?? 0o100644) * 65536, 6);
    central.writeUInt32LE(entry.offset ?? position, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields, central.subarray(0, 14), name]));
    parts.push(local);
    position += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(position, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
