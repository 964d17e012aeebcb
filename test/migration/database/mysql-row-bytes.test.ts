import { expect, test } from '@jest/globals';
import { RowBytes, RowBytesReader } from '../../../functions/migration/database/mysql/row-bytes.ts';
import { rowText } from '../../../functions/migration/database/mysql/row-text.ts';

/** A field as a server sends it: its length and its bytes. */
function sent(value: Buffer): Buffer {
  const { length } = value;
  if (length < 0xfb) return Buffer.concat([Buffer.of(length), value]);
  const head = Buffer.alloc(length < 0x1_0000 ? 3 : 4);
  head[0] = head.length === 3 ? 0xfc : 0xfd;
  head.writeUIntLE(length, 1, head.length - 1);
  return Buffer.concat([head, value]);
}

const rows = [
  [Buffer.from('1'), Buffer.from('tab\there\\\n'), undefined],
  [Buffer.alloc(0), Buffer.alloc(300, 'x'), Buffer.from('表')],
  [undefined, Buffer.alloc(70_000, 0x5c), Buffer.of(0, 0xfb, 0xff)],
];

const escaped = (value: Buffer | undefined) =>
  value === undefined
    ? '\\N'
    : value.toString('latin1').replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
const wanted = rows.map((row) => `${row.map(escaped).join('\t')}\n`).join('');

function written(size: number): Buffer[] {
  const pieces: Buffer[] = [];
  const bytes = new RowBytes((piece) => pieces.push(piece), size);
  for (const row of rows) {
    for (const value of row) {
      if (value === undefined) bytes.null();
      else bytes.value(sent(value), 0, sent(value).length);
    }
  }
  bytes.flush();
  return pieces;
}

test.each([1, 7, 100, 4096, 262_144])('rows cut into pieces of %d bytes are the same rows', async (size) => {
  const pieces = written(size);
  async function* some() {
    yield* pieces;
  }
  const text: Buffer[] = [];
  for await (const piece of rowText(some(), 3)) text.push(piece);
  expect(Buffer.concat(text).toString('latin1')).toBe(wanted);
});

test('where a row ends is known, within a piece and at its end', () => {
  const whole = Buffer.concat(written(4096));
  const ends: number[] = [];
  const nothing = () => undefined;
  const endRow = (at: number) => {
    ends.push(at);
  };
  new RowBytesReader(3, { null: nothing, bytes: nothing, endField: nothing, endRow }).take(whole);
  const lengths = rows.map((row) =>
    row.reduce((sum, value) => sum + (value === undefined ? 1 : 1 + sent(value).length), 0),
  );
  expect(ends).toEqual([lengths[0], lengths[0]! + lengths[1]!, whole.length]);
});
