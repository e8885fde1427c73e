import { gzipSync } from 'node:zlib';
import { END, paxRecord, rawEntry, rawTarGz, soundFiles, TOP, type AttackCase } from './attack-case';

const refused = (name: string, bytes: Buffer): AttackCase => ({ name, bytes, expect: 'refused' });
const either = (name: string, bytes: Buffer): AttackCase => ({ name, bytes, expect: 'either' });

/** 1 GiB of zeros in 785 bytes of bzip2. */
const BOMB = Buffer.from(
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1lIfF/JAIpSyADAAAAEAAggADDMBSmmkSJDYUSJDxdyRThQkPaI5AI=',
  'base64',
);

const TARGETS = ['/etc/passwd', '../../../../etc/passwd', 'manifest.json', '/proc/self/environ', '.'];

const links = (): readonly AttackCase[] =>
  ['1', '2'].flatMap((type) =>
    TARGETS.map((linkname) =>
      refused(`link ${type} to ${linkname}`, rawTarGz(rawEntry({ name: `${TOP}/manifest.json`, type, linkname }))),
    ),
  );

const kinds = (): readonly AttackCase[] =>
  [...'346DKLMNSVXABCEIPQRTUWYZ'].map((type) =>
    refused(
      `entry of kind ${type}`,
      rawTarGz(rawEntry({ name: `${TOP}/thing`, type, linkname: type === '4' ? '/dev/sda' : '' })),
    ),
  );

const NAMES = [
  '../evil',
  `${TOP}/../evil`,
  `${TOP}/../../../../../../tmp/evil`,
  `${TOP}/a/../../evil`,
  `./../evil`,
  '..',
  '../',
  `${TOP}/..`,
  '/tmp/evil',
  '//tmp/evil',
  '///etc/cron.d/evil',
  `/${TOP}/manifest.json`,
  `${TOP}//double`,
  `${TOP}/./dot`,
  `${TOP}\\..\\evil`,
  'C:\\Windows\\evil',
  'C:/Windows/evil',
  'c:evil',
  `${TOP}/\u001b]0;owned\u0007`,
  `${TOP}/\u202egpj.exe`,
  `${TOP}/line\nbreak`,
  `${TOP}/\u0001`,
  `${TOP}/\u007f`,
  `${TOP}/\ufeffmanifest.json`,
  `${TOP}/a/b/c/d/e/f/g/h/i`,
  '',
  '.',
  './',
  '/',
];

const names = (): readonly AttackCase[] =>
  NAMES.flatMap((name) => [
    refused(`name ${JSON.stringify(name)}`, rawTarGz(rawEntry({ name, content: 'x' }))),
    refused(`PAX path ${JSON.stringify(name)}`, pax({ path: name })),
    refused(
      `GNU long name ${JSON.stringify(name)}`,
      rawTarGz(
        rawEntry({ name: '././@LongLink', type: 'L', content: `${name}\0` }),
        rawEntry({ name: 'short', content: 'x' }),
      ),
    ),
  ]);

const pax = (records: Readonly<Record<string, string>>, type = 'x', header = {}): Buffer =>
  rawTarGz(
    rawEntry({
      name: 'PaxHeader/x',
      type,
      content: Object.entries(records)
        .map(([key, value]) => paxRecord(key, value))
        .join(''),
    }),
    rawEntry({ name: `${TOP}/manifest.json`, content: '{}', ...header }),
  );

const tricks = (): readonly AttackCase[] => [
  refused('PAX global path', pax({ path: '/etc/passwd' }, 'g')),
  refused('PAX linkpath', pax({ linkpath: '/etc/passwd' })),
  refused('PAX linkpath on a link', pax({ linkpath: '/etc/passwd' }, 'x', { type: '2' })),
  ...['-1', '9999999999999999999', 'NaN', '1e9', '0x10', '', '-9223372036854775808', '18446744073709551616'].map(
    (size) => refused(`PAX size ${size}`, pax({ size })),
  ),
  refused('PAX size far beyond the data', pax({ size: String(2 ** 40) })),
  refused(
    'PAX sparse file',
    pax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': '/etc/passwd', 'GNU.sparse.realsize': '1099511627776' }),
  ),
  refused('PAX __proto__', pax({ __proto__: 'x', constructor: 'y', path: `${TOP}/manifest.json` })),
  refused(
    'PAX record with a wrong length',
    rawTarGz(rawEntry({ name: 'p', type: 'x', content: '999999 path=/etc/passwd\n' }), rawEntry({ name: `${TOP}/x` })),
  ),
  refused(
    'PAX record with length 0',
    rawTarGz(rawEntry({ name: 'p', type: 'x', content: '0 path=x\n'.repeat(1000) }), rawEntry({ name: `${TOP}/x` })),
  ),
  refused(
    'PAX header of 8 MiB',
    rawTarGz(
      rawEntry({ name: 'p', type: 'x', content: paxRecord('comment', 'x'.repeat(8 * 1024 * 1024)) }),
      rawEntry({ name: `${TOP}/x` }),
    ),
  ),
  refused(
    'a thousand PAX headers in a row',
    rawTarGz(
      ...Array.from({ length: 1000 }, () =>
        rawEntry({ name: 'p', type: 'x', content: paxRecord('path', '/etc/passwd') }),
      ),
    ),
  ),
  refused(
    'long name of 4 MiB',
    rawTarGz(rawEntry({ name: 'l', type: 'L', content: 'a/'.repeat(2 * 1024 * 1024) }), rawEntry({ name: 'x' })),
  ),
  refused('prefix that climbs', rawTarGz(rawEntry({ name: 'evil', prefix: '../..' }))),
  refused('prefix that is absolute', rawTarGz(rawEntry({ name: 'evil', prefix: '/etc' }))),
  refused('negative size in base 256', rawTarGz(rawEntry({ name: `${TOP}/x`, size: Buffer.alloc(12, 0xff) }))),
  refused(
    'huge size in base 256',
    rawTarGz(rawEntry({ name: `${TOP}/x`, size: Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 0xff)]) })),
  ),
  ...[
    '77777777777\0',
    '99999999999\0',
    'aaaaaaaaaaa\0',
    '-0000000001\0',
    '            ',
    '\0\0\0\0\0\0\0\0\0\0\0\0',
  ].map((size) =>
    refused(`size field ${JSON.stringify(size)}`, rawTarGz(rawEntry({ name: `${TOP}/x`, size, content: 'xx' }))),
  ),
  refused('wrong header sum', rawTarGz(rawEntry({ name: `${TOP}/x`, badSum: true }))),
  refused('not ustar', rawTarGz(rawEntry({ name: `${TOP}/x`, magic: 'evil\0\0xx' }))),
  refused('a folder with content', rawTarGz(rawEntry({ name: `${TOP}/`, type: '5', content: 'x'.repeat(600) }))),
  refused('only an end mark', gzipSync(END)),
  refused('no end mark, half a header', gzipSync(Buffer.alloc(300, 1))),
  refused('entry cut off', gzipSync(rawEntry({ name: `${TOP}/x`, size: 5000, content: 'x' }))),
  refused('two top folders', rawTarGz(rawEntry({ name: 'a/manifest.json' }), rawEntry({ name: 'b/manifest.json' }))),
  refused('a file twice', rawTarGz(rawEntry({ name: `${TOP}/a` }), rawEntry({ name: `${TOP}/a` }))),
  refused(
    'a file twice by another spelling',
    rawTarGz(rawEntry({ name: `${TOP}/a` }), rawEntry({ name: `./${TOP}/a` })),
  ),
  refused('a file beside the folder', rawTarGz(rawEntry({ name: 'a' }))),
];

const bombs = (): readonly AttackCase[] => {
  const zeros = (bytes: number) => Buffer.alloc(bytes);
  const MiB = 1024 * 1024;
  return [
    refused('1 GiB in 785 bytes', BOMB),
    refused('a row of 64 bombs', Buffer.concat(Array.from({ length: 64 }, () => BOMB))),
    refused('a bomb cut off', BOMB.subarray(0, 700)),
    refused('gzip of 200 MiB zeros', gzipSync(zeros(200 * MiB))),
    refused(
      'gzip members of 32 MiB, 50 times',
      Buffer.concat(Array.from({ length: 50 }, () => gzipSync(zeros(32 * MiB)))),
    ),
    refused(
      'one entry of 100 MiB',
      gzipSync(Buffer.concat([rawEntry({ name: `${TOP}/big`, content: zeros(100 * MiB) }), END])),
    ),
    refused('a bomb inside a bomb', gzipSync(gzipSync(zeros(64 * MiB)))),
    refused(
      '6,000 empty entries',
      rawTarGz(...Array.from({ length: 6000 }, (_, index) => rawEntry({ name: `${TOP}/f${index}` }))),
    ),
    refused(
      '6,000 folders',
      rawTarGz(...Array.from({ length: 6000 }, (_, index) => rawEntry({ name: `${TOP}/d${index}/`, type: '5' }))),
    ),
    refused('a file of 65 MiB', Buffer.concat([Buffer.from('BZh9'), zeros(65 * MiB)])),
  ];
};

const foreign = (): readonly AttackCase[] => [
  ...(
    [
      ['nothing', ''],
      ['one byte', 'B'],
      ['three bytes', 'BZh'],
      ['gzip magic alone', '\x1f\x8b'],
      ['zip magic alone', 'PK\x03\x04'],
      ['text', 'Please find the logs attached.'],
      ['a PNG', '\x89PNG\r\n\x1a\n' + 'x'.repeat(100)],
      ['an ELF program', '\x7fELF' + 'x'.repeat(100)],
      ['xz', '\xfd7zXZ\0' + 'x'.repeat(100)],
      ['zstd', '\x28\xb5\x2f\xfd' + 'x'.repeat(100)],
      ['7z', '7z\xbc\xaf\x27\x1c' + 'x'.repeat(100)],
      ['bzip2 level 0', 'BZh0' + 'x'.repeat(100)],
      ['bzip2 of noise', 'BZh9' + '1AY&SY'.repeat(50)],
    ] as const
  ).map(([name, text]) => refused(name, Buffer.from(text, 'latin1'))),
  refused('gzip of text', gzipSync('just text')),
  refused('a plain tar', Buffer.concat([rawEntry({ name: `${TOP}/manifest.json`, content: '{}' }), END])),
  refused('an archive of something else', rawTarGz(rawEntry({ name: 'src/main.c', content: 'int main;' }))),
];

function truncated(): readonly AttackCase[] {
  const sound = gzipSync(Buffer.concat([...soundFiles().map(({ name, content }) => rawEntry({ name, content })), END]));
  const cuts = Array.from({ length: 30 }, (_, index) => Math.floor((sound.length * (index + 1)) / 31));
  return [
    ...cuts.map((cut) => refused(`cut at ${cut} of ${sound.length}`, sound.subarray(0, cut))),
    either('rubbish behind the end', Buffer.concat([sound, Buffer.from('rubbish')])),
    either('sound', sound),
  ];
}

export const tarCases = (): readonly AttackCase[] => [
  ...links(),
  ...kinds(),
  ...names(),
  ...tricks(),
  ...bombs(),
  ...foreign(),
  ...truncated(),
];
