import { createHash } from 'node:crypto';
import type { ArchiveFile } from '../../libs/insights/src/testing/build-archive';
import {
  END,
  innerFiles,
  rawEntry,
  rawTarGz,
  rawZip,
  resummed,
  soundFiles,
  TOP,
  type AttackCase,
  type RawZipEntry,
} from './attack-case';

const packed = (files: readonly ArchiveFile[]): Buffer =>
  rawTarGz(...files.map(({ name, content }) => rawEntry({ name, content })));

const refused = (name: string, bytes: Buffer, file?: string): AttackCase => ({
  name,
  bytes,
  expect: 'refused',
  ...(file === undefined ? {} : { file }),
});
const either = (name: string, bytes: Buffer, file?: string): AttackCase => ({
  name,
  bytes,
  expect: 'either',
  ...(file === undefined ? {} : { file }),
});

const manifestOf = (): Record<string, unknown> =>
  JSON.parse(String(innerFiles().find(({ name }) => name === 'manifest.json')?.content)) as Record<string, unknown>;

/** A collection with another manifest and sums that fit it. */
const withManifest = (content: string): Buffer =>
  packed(
    resummed([...innerFiles().filter(({ name }) => name !== 'manifest.json'), { name: 'manifest.json', content }]),
  );

const edited = (edit: (manifest: Record<string, unknown>) => void): Buffer => {
  const manifest = manifestOf();
  edit(manifest);
  return withManifest(JSON.stringify(manifest));
};

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const manifests = (): readonly AttackCase[] => [
  ...[
    '',
    'null',
    '[]',
    '"x"',
    '42',
    '{',
    '{}',
    deep(100_000),
    `{"format_version":${deep(5000)}}`,
    '\u0000',
    '{"format_version":"1.0"}',
  ].map((text, index) => refused(`manifest ${index}: ${text.slice(0, 20)}`, withManifest(text))),
  ...[0, '0.9', '2.0', '99', '1.x', 'one', null, {}, [], '1.0.0', -1, '1'.repeat(500)].map((version) =>
    refused(
      `format version ${JSON.stringify(version).slice(0, 20)}`,
      edited((manifest) => {
        manifest.format_version = version;
      }),
    ),
  ),
  ...['collection_id', 'kind', 'host', 'times', 'items'].map((key) =>
    refused(
      `manifest without ${key}`,
      edited((manifest) => {
        manifest[key] = undefined;
      }),
    ),
  ),
  refused(
    'a time that is none',
    edited((manifest) => {
      manifest.times = { started: 'yesterday' };
    }),
  ),
  refused(
    'an unknown status',
    edited((manifest) => {
      manifest.items = [{ item: 'x', path: 'x', status: 'fine' }];
    }),
  ),
  refused(
    'items that are texts',
    edited((manifest) => {
      manifest.items = ['a', 'b'];
    }),
  ),
  refused(
    'an item with the sum of another file',
    edited((manifest) => {
      manifest.items = [{ item: 'pg.slots', path: 'postgresql/slots.ndjson', status: 'ok', sha256: 'a'.repeat(64) }];
    }),
  ),
  either(
    'an item that points outside',
    edited((manifest) => {
      manifest.items = [{ item: 'pg.slots', path: '../../../etc/passwd', status: 'ok' }];
    }),
  ),
  either(
    'an item named __proto__',
    edited((manifest) => {
      manifest.items = [{ item: '__proto__', path: '__proto__', status: 'ok' }];
    }),
  ),
  either(
    'a host name that is markup',
    edited((manifest) => {
      manifest.host = { name: '<script>alert(1)</script>\u001b[31m' };
    }),
  ),
  either(
    '100,000 items',
    edited((manifest) => {
      manifest.items = Array.from({ length: 100_000 }, (_, index) => ({
        item: `x${index}`,
        path: `x${index}`,
        status: 'ok',
      }));
    }),
  ),
];

const sum = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** Sums that do not fit: each case rewrites SHA256SUMS. */
const checksums = (): readonly AttackCase[] => {
  const files = soundFiles();
  const other = files.filter(({ name }) => !name.endsWith('SHA256SUMS'));
  const sums = String(files.find(({ name }) => name.endsWith('SHA256SUMS'))?.content);
  const withText = (content: string) => packed([...other, { name: `${TOP}/SHA256SUMS`, content }]);
  const lines = sums.trim().split('\n');
  return [
    refused('no SHA256SUMS', packed(other)),
    refused('an empty SHA256SUMS', withText('')),
    refused('SHA256SUMS of noise', withText('not a sum at all')),
    refused('MD5 sums', withText(`d41d8cd98f00b204e9800998ecf8427e  manifest.json\n`)),
    refused('sums in capitals', withText(sums.toUpperCase())),
    ...[0, 1, 5, 20].map((index) =>
      refused(`sum ${index} left out`, withText(lines.filter((_, line) => line !== index).join('\n'))),
    ),
    ...[0, 1, 5, 20].map((index) =>
      refused(
        `sum ${index} wrong`,
        withText(
          lines
            .map((line, at) => (at === index ? line.replace(/^./, (c) => (c === '0' ? '1' : '0')) : line))
            .join('\n'),
        ),
      ),
    ),
    refused('a sum for a file outside', withText(`${sums}${sum('x')}  ../../etc/passwd\n`)),
    ...[1, 7, 30].map((index) => refused(`file ${index} missing`, packed(files.filter((_, at) => at !== index)))),
    ...[1, 7, 30].map((index) =>
      refused(
        `file ${index} changed`,
        packed(files.map((file, at) => (at === index ? { ...file, content: `${String(file.content)} ` } : file))),
      ),
    ),
    refused('an extra file', packed([...files, { name: `${TOP}/extra`, content: 'x' }])),
    refused('the sums of sums', withText(`${sums}${sum(sums)}  SHA256SUMS\n`)),
  ];
};

/** Rows that try to break the reader or a rule; sums fit. */
const rows = (): readonly AttackCase[] => {
  const path = 'postgresql/slots.ndjson';
  const texts: readonly (readonly [string, string | Buffer])[] = [
    ['deep', deep(50_000)],
    ['deep object', `{"slot_name":${deep(1000)}}`],
    ['not JSON', 'slot_name,active\nx,true\n'],
    ['an array', '[1,2,3]\n'],
    ['a number', '7\n'],
    ['wrong types', '{"slot_name":1,"active":"yes"}\n'],
    ['__proto__', '{"__proto__":{"active":true},"constructor":{"prototype":{}},"slot_name":"x","active":true}\n'],
    ['huge numbers', '{"slot_name":"x","active":false,"retained_bytes":1e308}\n'],
    ['a negative size', '{"slot_name":"x","active":false,"retained_bytes":-5}\n'],
    ['200,000 lines', '{"slot_name":"x","active":true}\n'.repeat(200_000)],
    ['90,000 lines', '{"slot_name":"x","active":false}\n'.repeat(90_000)],
    ['a line of 17 MiB', `{"slot_name":"${'x'.repeat(17 * 1024 * 1024)}","active":true}\n`],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d, 0x0a])],
    ['NUL bytes', Buffer.alloc(1000)],
    ['markup', '{"slot_name":"</pre><script>alert(1)</script>","active":false}\n'],
    ['terminal codes', '{"slot_name":"\\u001b[2J\\u001b]0;x\\u0007","active":false}\n'],
    ['a template', '{"slot_name":"{inactive|list}{__proto__}","active":false}\n'],
  ];
  return texts.map(([name, content]) => {
    const files = innerFiles().filter((file) => file.name !== path && file.name !== 'manifest.json');
    const manifest = manifestOf();
    const items = (manifest.items as { path: string | null; sha256: string | null }[]).map((item) =>
      item.path === path ? { ...item, sha256: sum(content) } : item,
    );
    return either(
      `rows: ${name}`,
      packed(
        resummed([
          ...files,
          { name: path, content },
          { name: 'manifest.json', content: JSON.stringify({ ...manifest, items }) },
        ]),
      ),
    );
  });
};

const DIAG = 'tungsten-diag-2026-11-20-01-02-12.zip';
const zipped = (...entries: readonly RawZipEntry[]): Buffer =>
  rawZip([
    {
      name: 'tungsten-diag-2026/db1/trepctl.json',
      content: '[{"serviceName":"a","state":"ONLINE","appliedLatency":"0.1"}]',
    },
    ...entries,
  ]);

const zips = (): readonly AttackCase[] => [
  either('a sound tpm diag zip', zipped(), DIAG),
  either('a sound collection as a zip', rawZip(soundFiles())),
  ...['../evil', '/etc/evil', 'a\\..\\evil', 'C:/evil', 'a/../../evil', 'a/\u001b[2J', 'a//b', '\u202ecod.exe'].map(
    (name) => refused(`zip name ${JSON.stringify(name)}`, zipped({ name, content: 'x' }), DIAG),
  ),
  refused('zip link', zipped({ name: 'a/link', content: '/etc/passwd', attributes: 0o120777 }), DIAG),
  refused('zip device', zipped({ name: 'a/dev', attributes: 0o020666 }), DIAG),
  refused('zip pipe', zipped({ name: 'a/pipe', attributes: 0o010666 }), DIAG),
  refused('zip encrypted', zipped({ name: 'a/x', content: 'x', flags: 1 }), DIAG),
  refused('zip with a wrong sum', zipped({ name: 'a/x', content: 'x', crc: 1 }), DIAG),
  refused('zip entry larger than it says', zipped({ name: 'a/x', content: 'x'.repeat(1000), size: 10 }), DIAG),
  refused('zip entry smaller than it says', zipped({ name: 'a/x', content: 'x', size: 1000 }), DIAG),
  refused('zip entry of 4 GiB as it says', zipped({ name: 'a/x', content: 'x', size: 0xfffffff0 }), DIAG),
  refused(
    'zip bomb of 60 MiB, 20 times',
    zipped(
      ...Array.from({ length: 20 }, (_, index) => ({ name: `a/${index}`, content: Buffer.alloc(60 * 1024 * 1024) })),
    ),
    DIAG,
  ),
  refused(
    'zip of overlapping entries',
    zipped(
      ...Array.from({ length: 200 }, (_, index) => ({
        name: `a/${index}`,
        content: Buffer.alloc(1024 * 1024),
        offset: 0,
      })),
    ),
    DIAG,
  ),
  refused(
    'zip of 6,000 entries',
    zipped(...Array.from({ length: 6000 }, (_, index) => ({ name: `a/${index}` }))),
    DIAG,
  ),
  refused('zip that counts wrong', rawZip([{ name: 'a/x', content: 'x' }], 500), DIAG),
  refused('zip with a name twice', zipped({ name: 'a/x' }, { name: 'a/x' }), DIAG),
  refused('zip without end', zipped().subarray(0, -10), DIAG),
  refused(
    'zip with trepctl of noise',
    rawZip([{ name: 'tungsten-diag-2026/db1/trepctl.json', content: deep(50_000) }]),
    DIAG,
  ),
  refused('zip of something else', rawZip([{ name: 'holiday/beach.txt', content: 'sand' }]), DIAG),
  either(
    'zip with cctrl of much noise',
    zipped({ name: 'tungsten-diag-2026/db1/cctrl.txt', content: 'COORDINATOR[a:AUTOMATIC:ONLINE]'.repeat(200_000) }),
    DIAG,
  ),
  either('an empty end mark', END, DIAG),
];

export const contentCases = (): readonly AttackCase[] => [...manifests(), ...checksums(), ...rows(), ...zips()];
