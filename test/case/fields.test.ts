import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { z } from 'zod';
import { someOf } from '../../functions/case/fields/choices.ts';
import { contractNumber, corporateNumber, registrationNumber } from '../../functions/case/fields/codes.ts';
import { password, privateKey } from '../../functions/case/fields/credentials.ts';
import { day, futureInstant, instantOf } from '../../functions/case/fields/dates.ts';
import { host, hosts } from '../../functions/case/fields/host.ts';
import { kana } from '../../functions/case/fields/kana.ts';
import { mail } from '../../functions/case/fields/mail.ts';
import { decimal, gigabytes, integer } from '../../functions/case/fields/numbers.ts';
import { phone, postalCode } from '../../functions/case/fields/phone.ts';
import { line, paragraphs } from '../../functions/case/fields/text.ts';

const accepts = (schema: z.ZodType, typed: unknown) => schema.safeParse(typed).data;

const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----';

const accepted: [string, z.ZodType, unknown, unknown][] = [
  ['mail', mail(), ' yoshida.a+b@mail.example.jp ', 'yoshida.a+b@mail.example.jp'],
  ['mail, full width', mail(), 'ｙｏｓｈｉｄａ＠ｅｘａｍｐｌｅ．ｊｐ', 'yoshida@example.jp'],
  ['phone', phone(), '０３（１２３４）５６７８', '03-1234-5678'],
  ['mobile phone', phone(), '090 1234 5678', '09012345678'],
  ['phone with a long vowel sign', phone(), '０３ー１２３４ー５６７８', '03-1234-5678'],
  ['phone abroad', phone(), '+81-3-1234-5678', '+81-3-1234-5678'],
  ['postal code', postalCode(), '〒１２３ー４５６７', '123-4567'],
  ['postal code, minus sign', postalCode(), '123−4567', '123-4567'],
  ['kana, half width', kana(50), 'ｶﾌﾞｼｷｶﾞｲｼｬ ﾄｳｷｮｳ', 'カブシキガイシャ トウキョウ'],
  ['kana, hiragana', kana(50), 'たかさき しょうてん', 'タカサキ ショウテン'],
  ['kana, NTT', kana(50), 'エヌ・ティ・ティ', 'エヌ・ティ・ティ'],
  ['name as typed', line(20), ' ㈱髙﨑𠮷商店 ', '㈱髙﨑𠮷商店'],
  ['paragraphs', paragraphs(50), 'a\r\nb\tc\rd', 'a\nb c\nd'],
  ['host', host(), 'HTTPS://WWW.Example.JP/index.html', 'www.example.jp'],
  ['host, Japanese', host(), '日本語.jp', '日本語.jp'],
  ['host, final dot', host(), 'example.jp.', 'example.jp'],
  ['host, address', host(), '2001:db8::1', '2001:db8::1'],
  ['hosts', hosts(3), 'a.jp、B.jp\na.jp', ['a.jp', 'b.jp']],
  ['integer', integer(0, 9_999), '１，２３４', 1234],
  ['integer, with what is counted', integer(0, 9_999), '約 1,200 個', 1200],
  ['integer, people', integer(0, 9_999), '３名', 3],
  ['decimal', decimal(0, 10), '１．５', 1.5],
  ['gigabytes', gigabytes(10_000), '1.5', 1.5],
  ['megabytes', gigabytes(10_000), '５１２ＭＢ', 0.5],
  ['terabytes', gigabytes(10_000), '2TB', 2048],
  ['megabytes, small', gigabytes(10_000), '1MB', 0.01],
  ['megabytes, in words', gigabytes(10_000), '約５１２メガバイト', 0.5],
  ['gigabytes, in words', gigabytes(10_000), '1.5ギガ', 1.5],
  ['gigabytes, about', gigabytes(10_000), 'およそ3', 3],
  ['day', day(), '２０２６年１１月４日', '2026-11-04'],
  ['contract number', contractNumber(), 'ＭＳ－０００１', 'MS-0001'],
  ['registration number', registrationNumber(), 'ｔ１２３４５６７８９０１２３', 'T1234567890123'],
  ['corporate number (国税庁)', corporateNumber(), '7000012050002', '7000012050002'],
  ['password to the character', password(50), ' ｐ＠ss ', ' ｐ＠ss '],
  ['private key', privateKey(), `\r\n${key.replaceAll('\n', '\r\n')}\r\n`, `${key}\n`],
  ['one box', someOf(['a', 'b']), 'b', ['b']],
  ['boxes, once and in order', someOf(['a', 'b']), ['b', 'a'], ['a', 'b']],
];

test.each(accepted)('%s', (_, schema, typed, value) => {
  expect(schema.safeParse(typed)).toEqual({ success: true, data: value });
});

const refused: [string, z.ZodType, unknown[]][] = [
  [
    'mail',
    mail(),
    [
      '',
      'a',
      'a@b',
      'a@b..jp',
      'a.@b.jp',
      '.a@b.jp',
      'a@b.jp\r\nBcc: c@d.jp',
      'a@b.jp,c@d.jp',
      'a@b.jp c@d.jp',
      '<a@b.jp>',
      'A <a@b.jp>',
      '"a b"@b.jp',
      'a@[127.0.0.1]',
      'a@127.0.0.1',
      'あ@b.jp',
      'a@日本.jp',
      'a@b.jp\n',
      'a@-b.jp',
      `${'a'.repeat(65)}@b.jp`,
      `a@${'b.'.repeat(130)}jp`,
      ['a@b.jp', 'c@d.jp'],
      undefined,
      {},
    ],
  ],
  ['phone', phone(), ['', '1', '1234567890', '0312345', '03-1234-56789012', '03-1234-567a', '+0312345678']],
  ['postal code', postalCode(), ['', '123456', '12345678', 'abc-defg']],
  ['kana', kana(50), ['', '高崎', 'カ\nナ', '<b>', '123', 'カ'.repeat(51), '㌢'.repeat(50)]],
  [
    'line',
    line(10),
    [
      '',
      '  ',
      'a\nb',
      'a\rb',
      'a\0b',
      'a\x1b[31m',
      'a\u202eb',
      '\ud800',
      'a\u2028b',
      'x'.repeat(11),
      null,
      3,
    ],
  ],
  ['paragraphs', paragraphs(10), ['', '\n', 'a\x1bb', 'a\u202eb', 'x'.repeat(11)]],
  [
    'host',
    host(),
    [
      '',
      'a b',
      '-a.jp',
      'a-.jp',
      'a..jp',
      'a@b',
      'a:22',
      `${'a'.repeat(64)}.jp`,
      `${'a.'.repeat(130)}jp`,
      'a\nb',
      '../etc',
      'a%00',
    ],
  ],
  ['hosts', hosts(2), ['', ' \n ', 'a.jp b.jp c.jp', 'a.jp\n-']],
  [
    'integer',
    integer(1, 100),
    ['', '0', '101', '1.5', '-1', '1e2', '１,2', 'NaN', '9'.repeat(30), '0x10', '3個くらい'],
  ],
  ['decimal', decimal(0, 100), ['', '100.01', '1.234', '-1', '.5', '1,5']],
  ['gigabytes', gigabytes(100), ['', '101', '-1', '1PB', '5個', 'たくさん', '約', 'ギガ']],
  [
    'day',
    day({ from: '2026-11-01', to: '2026-11-30' }),
    ['', '2026-02-30', '2026-10-31', '2026-12-01', '11/24', 'x'.repeat(100)],
  ],
  ['contract number', contractNumber(), ['', 'ab', '-abcd', 'abcd-', 'ab/../cd', 'x'.repeat(33)]],
  ['registration number', registrationNumber(), ['', '1234567890123', 'T123', 'T12345678901234']],
  ['corporate number', corporateNumber(), ['', '8000012050002', '7000012050003', '700001205000']],
  ['password', password(10), ['', 'a\nb', 'a\0b', 'x'.repeat(11)]],
  [
    'private key',
    privateKey(),
    [
      '',
      'ssh-ed25519 AAAA',
      key.slice(0, -5),
      'PuTTY-User-Key-File-3: ssh-ed25519',
      key.replace('PRIVATE', 'PUBLIC').replace('PRIVATE', 'PUBLIC'),
      `${key}\n${key}あ`,
      'x'.repeat(16_385),
    ],
  ],
  ['boxes', someOf(['a', 'b']), [undefined, [], 'c', ['a', 'c'], ['a', 'b', 'a'], {}]],
];

test.each(refused)('%s refuses, in Japanese, and repeats nothing that was typed', (_, schema, all) => {
  for (const typed of all) {
    const parsed = schema.safeParse(typed);
    expect([typed, parsed.success]).toEqual([typed, false]);
    const sentence = parsed.error?.issues[0]?.message ?? '';
    expect(sentence).toMatch(/(?:ください|ません|あります|います)[。（]|ください（|必要です|くだ/);
    if (typeof typed === 'string' && typed.length > 12) expect(sentence).not.toContain(typed);
  }
});

test('a corporate number with one wrong digit is found, but for a 0 that should be a 9 or the reverse', () => {
  const right = '7000012050002';
  for (let at = 1; at < 13; at += 1) {
    for (const digit of '0123456789') {
      const wrong = right.slice(0, at) + digit + right.slice(at + 1);
      const same = Math.abs(Number(digit) - Number(right[at])) % 9 === 0;
      expect([wrong, accepts(corporateNumber(), wrong) === wrong]).toEqual([wrong, same]);
    }
  }
});

test('every mail address that is accepted is one address to any mail program', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.emailAddress(),
        fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `a${text}@example.jp`),
      ),
      (typed) => {
        const address = accepts(mail(), typed);
        if (address !== undefined) expect(address).toMatch(/^[\x21-\x7e]+$/);
        if (address !== undefined) expect(String(address)).not.toMatch(/[,;<>()[\]\\"\s:]/);
      },
    ),
  );
});

test('times without a zone are Japanese', () => {
  expect(instantOf('2026-11-24T00:30')).toBe('2026-11-23T15:30:00.000Z');
  expect(instantOf('2026-11-24 10:00:30')).toBe('2026-11-24T01:00:30.000Z');
  expect(instantOf('2026-11-24T01:00:00.000Z')).toBe('2026-11-24T01:00:00.000Z');
  expect(instantOf('2026-11-24T10:00+09:00')).toBe('2026-11-24T01:00:00.000Z');
  for (const none of [
    '',
    '2026-11-24',
    '2026-11-24T24:00',
    '2026-11-31T10:00',
    '10:00',
    '2026-11-24T10:00+01:00',
  ])
    expect(instantOf(none)).toBeUndefined();
});

test('a moment to start at fits into the year that an execution of Step Functions lives', () => {
  const accepted = (typed: string) =>
    futureInstant(new Date('2026-11-24T01:00:00Z')).safeParse(typed).success;
  expect(accepted('2026-11-24 10:01')).toBe(true);
  expect(accepted('2026-11-24 10:00')).toBe(false);
  expect(accepted('2027-05-23 00:00')).toBe(true);
  expect(accepted('2027-05-24 00:00')).toBe(false);
});
