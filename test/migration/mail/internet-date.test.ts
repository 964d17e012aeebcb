import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseInternetDate, withoutComments } from '../../../functions/migration/mail/internet-date.ts';

const at = (iso: string) => Date.parse(iso) / 1000;

test.each([
  ['Thu, 05 May 2011 12:34:56 +0900', '2011-05-05T03:34:56Z', 540],
  ['5 May 2011 12:34 -0330', '2011-05-05T16:04:00Z', -210],
  ['  Thu ,\t5  May 2011  12 : 34 : 56  +0900 (JST (Tokyo\\)))', '2011-05-05T03:34:56Z', 540],
  ['thu, 5 MAY 2011 12:34:56 gmt', '2011-05-05T12:34:56Z', 0],
  ['5 May 2011 12:34:56 -0000', '2011-05-05T12:34:56Z', 0],
  ['5 May 2011 12:34:56 JST', '2011-05-05T03:34:56Z', 540],
  ['5 May 2011 12:34:56 PDT', '2011-05-05T19:34:56Z', -420],
  ['5 May 2011 12:34:56 PST', '2011-05-05T20:34:56Z', -480],
  ['5 May 2011 12:34:56 EDT', '2011-05-05T16:34:56Z', -240],
  ['5 May 2011 12:34:56 CST', '2011-05-05T18:34:56Z', -360],
  ['5 May 2011 12:34:56 Z', '2011-05-05T12:34:56Z', 0],
  ['5 May 2011 12:34:56 CEST', '2011-05-05T12:34:56Z', 0],
  ['21 Nov 97 09:55:06 -0600', '1997-11-21T15:55:06Z', -360],
  ['21 Nov 03 09:55:06 -0600', '2003-11-21T15:55:06Z', -360],
  ['21 Nov 103 09:55:06 -0600', '2003-11-21T15:55:06Z', -360],
  ['29 Feb 2004 23:59:59 +0900', '2004-02-29T14:59:59Z', 540],
  ['31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00Z', 0],
  ['1 Jan 1960 00:00:00 +0000', '1960-01-01T00:00:00Z', 0],
])('%s', (text, iso, zone) => {
  expect(parseInternetDate(text)).toEqual({ seconds: at(iso), zone });
});

test.each([
  '',
  'yesterday',
  '2011-05-05T12:34:56Z',
  'Fri, 5 May 2011 12:34:56 +0900', // a Thursday
  '31 Jun 2011 12:34:56 +0900',
  '29 Feb 2003 12:34:56 +0900',
  '0 May 2011 12:34:56 +0900',
  '5 Mai 2011 12:34:56 +0900',
  '5 May 2011 24:00:00 +0900',
  '5 May 2011 12:60:00 +0900',
  '5 May 2011 12:34:61 +0900',
  '5 May 2011 12:34:56',
  '5 May 2011 12:34:56 +2500',
  '5 May 2011 12:34:56 +0975',
  '5 May 2011 12:34:56 +09:00',
  '5 May 2011 12:34:56 TOKYOTIME',
  '5 May 2011 12:34:56 +0900 x',
  '5 May 2011 12:34:56 (+0900',
  '5 May 12011 12:34:56 +0900',
  `5 May 2011 12:34:56 +0900 ${'('.repeat(1001)}`,
])('is no date: %s', (text) => {
  expect(parseInternetDate(text)).toBeUndefined();
});

test('every second of every zone is read as it was written', () => {
  const zone = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: at('9000-01-01T00:00:00Z') }), zone, (seconds, zone) => {
      const east = Math.abs(zone);
      const two = (number: number) => String(number).padStart(2, '0');
      const local = new Date((seconds + 60 * zone) * 1000).toUTCString().replace(' GMT', '');
      const text = `${local} ${zone < 0 ? '-' : '+'}${two(Math.floor(east / 60))}${two(east % 60)}`;
      expect(parseInternetDate(text)).toEqual({ seconds, zone });
    }),
  );
});

test('whatever comes ends, and what stands in comments is not seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('(', ')', '\\', ' ', '5', ',', ':', 'may') }), (text) => {
      parseInternetDate(text);
      expect(withoutComments(`a${`(${text.replace(/[()\\]/g, '')})`}b`)).toBe('a b');
    }),
  );
});
