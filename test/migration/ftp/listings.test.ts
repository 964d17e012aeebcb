import { expect, test } from '@jest/globals';
import { parseListLine } from '../../../functions/migration/web/ftp/list-line.ts';
import { withoutYear } from '../../../functions/migration/web/ftp/list-time.ts';
import { parseFacts, writeTimestamp } from '../../../functions/migration/web/ftp/parse-facts.ts';

const japan = 9 * 3600;
/** 2026-11-24 19:46:38 in Japan. */
const now = Date.UTC(2026, 10, 24, 10, 46, 38) / 1000;
const times = { now, zone: japan };
const at = (text: string, zone = '+09:00') => Date.parse(`${text}${zone}`) / 1000;
const bytes = (...parts: (string | number[])[]) =>
  parts.map((part) => (typeof part === 'string' ? part : Buffer.from(part).toString('latin1'))).join('');
const month = { utf8: [0xe6, 0x9c, 0x88], eucJp: [0xb7, 0xee], cp932: [0x8c, 0x8e] };

type Row = [
  line: string,
  name: string,
  kind: string,
  size: number,
  mode: number,
  mtime: number,
  target?: string,
];

const dialects: Record<string, Row[]> = {
  'ProFTPD, vsftpd, Pure-FTPd': [
    [
      '-rw-r-----   1 taro     65534           3 Jan  2  2020 a.txt',
      'a.txt',
      'file',
      3,
      0o640,
      at('2020-01-02T00:00:00'),
    ],
    [
      '-rw-r--r--    1 1000     1000           12 Nov 24 19:46 b',
      'b',
      'file',
      12,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
    [
      'drwxr-sr-x   3 taro     users        4096 Dec 31 23:59 d',
      'd',
      'directory',
      4096,
      0o2755,
      at('2025-12-31T23:59:00'),
    ],
    [
      '-rwsr-xr-T   1 0        0               1 Nov  1 00:00 s',
      's',
      'file',
      1,
      0o5754,
      at('2026-11-01T00:00:00'),
    ],
    [
      'lrwxrwxrwx   1 taro     g               7 Nov 24 19:46 l -> nowhere',
      'l',
      'symlink',
      7,
      0o777,
      at('2026-11-24T19:46:00'),
      'nowhere',
    ],
    [
      'lrwxrwxrwx   1 taro     g               6 Nov 24 19:46 a -> b -> c -> d',
      'a -> b',
      'symlink',
      6,
      0o777,
      at('2026-11-24T19:46:00'),
      'c -> d',
    ],
    [
      'prw-------   1 taro     g               0 Nov 24 19:46 pipe',
      'pipe',
      'other',
      0,
      0o600,
      at('2026-11-24T19:46:00'),
    ],
  ],
  'names with blanks, arrows and dates': [
    [
      '-rw-r--r--   1 u g 1 Nov 24 19:46  two  blanks ',
      ' two  blanks ',
      'file',
      1,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
    [
      '-rw-r--r--   1 u g 1 Nov 24 19:46 9 Nov 24 19:46 x',
      '9 Nov 24 19:46 x',
      'file',
      1,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
    ['-rw-r--r--   1 u g 1 Nov 24 19:46 -> x', '-> x', 'file', 1, 0o644, at('2026-11-24T19:46:00')],
    [
      bytes('-rw-r--r-- 1 u g 5 Nov 24 19:46 ', [0x83, 0x65, 0x5c, 0xff], '.t'),
      bytes([0x83, 0x65, 0x5c, 0xff], '.t'),
      'file',
      5,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
  ],
  'without a group, with an ACL, devices': [
    [
      '-rw-r--r--   1 owner            1024 Nov 24 19:46 IIS as Unix',
      'IIS as Unix',
      'file',
      1024,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
    ['-rw-r--r--+  1 u g 8 Nov 24 19:46 acl', 'acl', 'file', 8, 0o644, at('2026-11-24T19:46:00')],
    ['brw-rw----   1 root disk 8, 0 Nov 24 19:46 sda', 'sda', 'other', 0, 0o660, at('2026-11-24T19:46:00')],
    [
      'drwxr-xr-x               folder        0 Nov 24 19:46 mac',
      'mac',
      'directory',
      0,
      0o755,
      at('2026-11-24T19:46:00'),
    ],
  ],
  'other orders and languages of the date': [
    ['-rw-r--r-- 1 u g 5 24 Nov 19:46 day first', 'day first', 'file', 5, 0o644, at('2026-11-24T19:46:00')],
    ['-rw-r--r-- 1 u g 5 2026-11-24 19:46 iso', 'iso', 'file', 5, 0o644, at('2026-11-24T19:46:00')],
    [
      '-rw-r--r-- 1 u g 5 2026-11-24 19:46:07.123456789 +0000 full iso',
      'full iso',
      'file',
      5,
      0o644,
      at('2026-11-24T19:46:07', 'Z'),
    ],
    [
      bytes('-rw-r--r-- 1 u g 5 11', month.utf8, ' 24 19:46 ja'),
      'ja',
      'file',
      5,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
    [
      bytes('-rw-r--r-- 1 u g 5 11', month.eucJp, ' 24  2020 euc'),
      'euc',
      'file',
      5,
      0o644,
      at('2020-11-24T00:00:00'),
    ],
    [
      bytes('-rw-r--r-- 1 u g 5  1', month.cp932, '  2 19:46 sjis'),
      'sjis',
      'file',
      5,
      0o644,
      at('2026-01-02T19:46:00'),
    ],
  ],
  'owners and groups with blanks, years and days in Japanese': [
    [
      '-rw-r--r--   1 EXAMPLE\\taro Domain Users     1024 Nov 24 19:46 of a domain',
      'of a domain',
      'file',
      1024,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
    [
      '-rw-r--r-- 1 May Nov 2019 7 Nov 24  2020 owner May',
      'owner May',
      'file',
      7,
      0o644,
      at('2020-11-24T00:00:00'),
    ],
    [
      bytes(
        '-rw-r--r-- 1 u g 5 11',
        month.utf8,
        '24',
        [0xe6, 0x97, 0xa5],
        ' 2020',
        [0xe5, 0xb9, 0xb4],
        ' ja year',
      ),
      'ja year',
      'file',
      5,
      0o644,
      at('2020-11-24T00:00:00'),
    ],
    [
      bytes('drwxr-xr-x 2 u g 4096 11', month.cp932, '24', [0x93, 0xfa], ' 19:46 sjis day'),
      'sjis day',
      'directory',
      4096,
      0o755,
      at('2026-11-24T19:46:00'),
    ],
  ],
  'MS-DOS': [
    [
      '11-24-26  07:46PM       <DIR>          aspnet client',
      'aspnet client',
      'directory',
      0,
      0o755,
      at('2026-11-24T19:46:00'),
    ],
    [
      '11-24-2026  12:05AM                 1234 a b.txt',
      'a b.txt',
      'file',
      1234,
      0o644,
      at('2026-11-24T00:05:00'),
    ],
    [
      '01-02-99  12:00PM              1,234,567 old',
      'old',
      'file',
      1_234_567,
      0o644,
      at('1999-01-02T12:00:00'),
    ],
    [
      '2026-11-24  19:46                 9 year first',
      'year first',
      'file',
      9,
      0o644,
      at('2026-11-24T19:46:00'),
    ],
    [
      '11-24-26  07:46PM       <SYMLINKD>     link [C:\\inetpub\\x]',
      'link',
      'symlink',
      0,
      0o777,
      at('2026-11-24T19:46:00'),
      'C:\\inetpub\\x',
    ],
    ['11-24-26  07:46PM       <JUNCTION>     j', 'j', 'symlink', 0, 0o777, at('2026-11-24T19:46:00')],
  ],
};

for (const [dialect, rows] of Object.entries(dialects)) {
  test.each(rows.map((row) => ({ line: row[0], row })))(`LIST, ${dialect}: $line`, ({ line, row }) => {
    const [, name, kind, size, mode, mtime, target] = row;
    const found = parseListLine(line, false, times);
    expect(found).toMatchObject({ name, attributes: { kind, size, mode, mtime } });
    expect(found?.target).toBe(target);
  });
}

test('a sum at the top is no entry; what cannot be read is not passed over', () => {
  expect(parseListLine('total 24', true, times)).toBeUndefined();
  expect(parseListLine(bytes([0xe5, 0x90, 0x88, 0xe8, 0xa8, 0x88], ' 24'), true, times)).toBeUndefined();
  for (const line of ['total 24', 'ls: x: Permission denied', '-rw-r--r-- 1 u g 5 Feb 30 2020 x', 'x']) {
    expect(parseListLine(line, false, times)).toMatchObject({
      name: line,
      unread: true,
      attributes: { kind: 'other' },
    });
  }
});

test.each([
  // Today is the 24th of November 2026 in Japan.
  [11, 24, '2026-11-24T12:00:00'],
  // A clock that goes ahead, or another zone.
  [11, 25, '2026-11-25T12:00:00'],
  [11, 26, '2025-11-26T12:00:00'],
  [1, 1, '2026-01-01T12:00:00'],
  [12, 31, '2025-12-31T12:00:00'],
  [2, 29, '2024-02-29T12:00:00'],
])('a month %i and day %i without a year', (month, day, expected) => {
  expect(withoutYear(times, month, day, [12, 0, 0])).toBe(at(expected));
});

test("on New Year's Eve tomorrow is next year", () => {
  const eve = { now: at('2026-12-31T23:50:00'), zone: japan };
  expect(withoutYear(eve, 1, 1, [0, 5, 0])).toBe(at('2027-01-01T00:05:00'));
});

test.each([
  ['type=file;size=5;modify=20200102030405;UNIX.mode=0640; a b ', 'a b ', 'file', 5, 0o640],
  ['Type=dir;Modify=20200102030405.123; d', 'd', 'directory', 0, 0o755],
  ['modify=20200102030405;type=OS.unix=slink:../x;size=4;UNIX.mode=0777; l', 'l', 'symlink', 4, 0o777],
  ['modify=20200102030405;size=4;type=OS.unix=symlink;UNIX.mode=0777; l', 'l', 'symlink', 4, 0o777],
  ['type=unknown;size=0;modify=20200102030405;UNIX.mode=0600; pipe', 'pipe', 'other', 0, 0o600],
])('MLSD: %s', (line, name, kind, size, mode) => {
  const mtime = at('2020-01-02T03:04:05', 'Z');
  expect(parseFacts(line)).toMatchObject({ name, attributes: { kind, size, mode, mtime } });
});

test('MLSD: the directory itself is no entry, and a file without a size is none that can be read', () => {
  expect(parseFacts('type=cdir;modify=20200102030405; .')).toBeUndefined();
  expect(parseFacts('type=pdir;modify=20200102030405; ..')).toBeUndefined();
  expect(parseFacts('type=file;modify=20200102030405; x')?.attributes.kind).toBe('other');
  expect(parseFacts('the rest of a name')).toMatchObject({
    name: 'the rest of a name',
    attributes: { kind: 'other' },
  });
  expect(writeTimestamp(at('2020-01-02T03:04:05', 'Z'))).toBe('20200102030405');
});

test('hostile lines end, and are read as nothing', () => {
  for (const fill of ['1 ', ' ', '1', 'Nov 24 ', '-> ', '11-', ';', '; ']) {
    const line = `-rw-r--r-- ${fill.repeat(4096 / fill.length)}`;
    expect(parseListLine(line, false, times)).toMatchObject({ unread: true });
    expect(parseFacts(line)?.attributes.kind).toBe('other');
  }
});
