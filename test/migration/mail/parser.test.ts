import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TransientError } from '../../../functions/case/errors.ts';
import { uidsOf } from '../../../functions/migration/mail/imap/append.ts';
import { ByteReader } from '../../../functions/migration/mail/imap/byte-reader.ts';
import { cleanAnswer, ImapProtocolError } from '../../../functions/migration/mail/imap/errors.ts';
import { uidSet } from '../../../functions/migration/mail/imap/fetch-bodies.ts';
import {
  decodeMailboxName,
  encodeMailboxName,
} from '../../../functions/migration/mail/imap/modified-utf7.ts';
import { type Response, readResponse } from '../../../functions/migration/mail/imap/read-response.ts';
import { streamed, type Value } from '../../../functions/migration/mail/imap/values.ts';

const caps = { line: 2000, inMemory: 5000, largest: 100_000 };

/** Feeds bytes in pieces of the given sizes, then ends. */
function readerOf(bytes: Buffer, pieces: readonly number[] = [bytes.length]): ByteReader {
  const stream = new PassThrough();
  const reader = new ByteReader(stream, { idleMs: 1000, until: () => Date.now() + 1000 });
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, pieces[turn % pieces.length] ?? 1);
    stream.write(bytes.subarray(at, at + size));
    at += size;
  }
  stream.end();
  return reader;
}

async function responsesOf(bytes: Buffer, pieces?: readonly number[]): Promise<Response[]> {
  const reader = readerOf(bytes, pieces);
  const responses: Response[] = [];
  try {
    for (;;) responses.push(await readResponse(reader, caps, async (_, body) => void (await body)));
  } catch (error) {
    if (error instanceof TransientError) return responses;
    throw error;
  }
}

/** A value as a server would write it: each form that can carry it is possible. */
const atom = fc.stringMatching(/^[A-Za-z0-9.$_-]{1,12}$/).filter((text) => !/^nil$/i.test(text));
const quotable = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
});
const literal = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
type Written = { value: Value; bytes: Buffer };
const written: fc.Arbitrary<Written> = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    atom.map((text) => ({ value: text, bytes: Buffer.from(text) })),
    fc.constantFrom('NIL', 'nil').map((text) => ({ value: null, bytes: Buffer.from(text) })),
    quotable.map((text) => ({ value: text, bytes: Buffer.from(`"${text.replace(/[\\"]/g, '\\$&')}"`) })),
    literal.map((body) => ({
      value: body,
      bytes: Buffer.concat([Buffer.from(`{${body.length}}\r\n`), body]),
    })),
    fc.array(tie('value'), { maxLength: 4 }).map((list) => ({
      value: list.map((one) => one.value),
      bytes: Buffer.concat([
        Buffer.from('('),
        ...list.flatMap((one, index) => (index === 0 ? [one.bytes] : [Buffer.from(' '), one.bytes])),
        Buffer.from(')'),
      ]),
    })),
  ),
})).value;

describe('responses', () => {
  test('whatever a server may write is read as it was meant, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        async (values, pieces) => {
          const bytes = Buffer.concat([
            Buffer.from('* 7 FETCH'),
            ...values.flatMap((one) => [Buffer.from(' '), one.bytes]),
            Buffer.from('\r\n* 3 EXISTS\r\n'),
          ]);
          const expected = [
            { kind: 'data', name: 'FETCH', number: 7, values: values.map((one) => one.value) },
            { kind: 'data', name: 'EXISTS', number: 3, values: [] },
          ];
          expect(await responsesOf(bytes, pieces)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('any bytes end in responses or in a named error, never in anything else', async () => {
    const scraps = fc.constantFrom(
      '* ',
      '{5}\r\n',
      '{99999999999999999999}\r\n',
      '"',
      '(',
      ')',
      '\\',
      '\r\n',
      'h1 OK [',
      ']',
      '+ ',
      '~{1+}\r\n',
      'BODY[',
      '\n',
    );
    const hostile = fc.array(
      fc.oneof(
        scraps.map((text) => Buffer.from(text)),
        literal,
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(hostile, fc.integer({ min: 1, max: 9 }), async (parts, piece) => {
        try {
          await responsesOf(Buffer.concat(parts), [piece]);
        } catch (error) {
          expect(error).toBeInstanceOf(ImapProtocolError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a line without end', Buffer.alloc(3000, 'a'), /2000バイト/],
    ['ten gigabytes announced', Buffer.from('* 1 FETCH (BODY[] {10000000000}\r\n'), /10000000000/],
    ['a literal beyond all numbers', Buffer.from('* 1 FETCH (BODY[] {99999999999999999999}\r\n'), /上限/],
    [
      'many small literals in one response',
      Buffer.from(`* 1 FETCH (${'X {900}\r\n'.concat('y'.repeat(900), ' ').repeat(200)})\r\n`),
      /バイト/,
    ],
    ['lists in lists', Buffer.from(`* X ${'('.repeat(30)}\r\n`), /入れ子/],
    ['a bracket too many', Buffer.from('* X )\r\n'), /括弧/],
    ['a quote left open', Buffer.from('* X "abc\r\n'), /引用符/],
    ['no response at all', Buffer.from('220 smtp.example.jp ESMTP\r\n'), /IMAP/],
  ])('%s is refused by name', async (_, bytes, message) => {
    await expect(responsesOf(bytes)).rejects.toThrow(message);
    await expect(responsesOf(bytes)).rejects.toBeInstanceOf(ImapProtocolError);
  });

  test('a large literal is streamed, and what its taker leaves is passed over', async () => {
    const body = Buffer.alloc(60_000, 'z');
    const bytes = Buffer.concat([
      Buffer.from(`* 1 FETCH (BODY[] {${body.length}}\r\n`),
      body,
      Buffer.from(' UID 9)\r\nh1 OK done\r\n'),
    ]);
    const reader = readerOf(bytes, [1000]);
    let seen = 0;
    const response = await readResponse(reader, caps, async (size, pieces) => {
      expect(size).toBe(60_000);
      for await (const piece of pieces) {
        seen += piece.length;
        if (seen > 2500) break;
      }
    });
    expect(response).toEqual({
      kind: 'data',
      name: 'FETCH',
      number: 1,
      values: [['BODY[]', streamed, 'UID', '9']],
    });
    expect(await readResponse(reader, caps)).toMatchObject({ kind: 'status', tag: 'h1', status: 'OK' });
  });

  test('status lines keep code and text apart', async () => {
    const lines = '* OK [UIDVALIDITY 5] fine\r\nh2 NO [OVERQUOTA] Quota exceeded {3}\r\n+ go on\r\n* BYE\r\n';
    expect(await responsesOf(Buffer.from(lines))).toEqual([
      { kind: 'status', tag: '*', status: 'OK', code: 'UIDVALIDITY', codeText: '5', text: 'fine' },
      {
        kind: 'status',
        tag: 'h2',
        status: 'NO',
        code: 'OVERQUOTA',
        codeText: '',
        text: 'Quota exceeded {3}',
      },
      { kind: 'continue', text: 'go on' },
      { kind: 'status', tag: '*', status: 'BYE', code: '', codeText: '', text: '' },
    ]);
  });
});

describe('names of mailboxes', () => {
  test.each([
    ['送信済み', '&kAFP4W4IMH8-'],
    ['台北/日本語', '&U,BTFw-/&ZeVnLIqe-'],
    ['R&D', 'R&-D'],
    ['a&送b', 'a&-&kAE-b'],
    ['𠮷野家', '&2ELft5HOW7Y-'],
  ])('%s is %s on the wire', (name, wire) => {
    expect(encodeMailboxName(name)).toBe(wire);
    expect(decodeMailboxName(wire)).toBe(name);
  });

  test('every name comes back, and what is not well-formed stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (name) => {
        const wire = encodeMailboxName(name);
        expect(wire).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeMailboxName(wire)).toBe(name);
      }),
    );
    for (const broken of ['&', '&AB-', '&ZeVnLIqe', '&ZeV!-', '&AGE-'])
      expect(decodeMailboxName(broken)).toBe(broken);
  });
});

test('sets of UIDs are written short and read exactly', () => {
  expect(uidSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
  expect(uidsOf('5:7,9', 4)).toEqual([5, 6, 7, 9]);
  expect(uidsOf('7:5', 3)).toEqual([5, 6, 7]);
  for (const wrong of ['5:4000000000', '5', 'x', '5:7,9,10', '']) expect(uidsOf(wrong, 4)).toBeUndefined();
});

test('a server’s words are one clean line without secrets', () => {
  const answer = Buffer.from('だめ geheim\r\n\u001b[31m\u202e').toString('latin1');
  expect(cleanAnswer(answer, ['geheim'])).toBe('だめ … [31m');
  expect(cleanAnswer('x'.repeat(5000))).toHaveLength(200);
});
