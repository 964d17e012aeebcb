import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswerReader } from '../../../functions/migration/web/ssh/answer-reader.ts';

const mark = '0123456789abcdef'.repeat(2);

it('an answer ends with the mark and the code, however it is cut', () => {
  const content = fc
    .array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(Buffer.from(`${mark} 00`))))
    .map((parts) => Buffer.concat(parts));
  fc.assert(
    fc.property(
      content,
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 1, max: 80 }),
      (bytes, code, cut) => {
        // Nobody but us knows the mark, so no content ends as an answer does.
        fc.pre(!/[0-9a-f]{32} \d{3}\n/.test(bytes.toString('latin1')));
        const taken: Buffer[] = [];
        const reader = new AnswerReader(mark, (piece) => void taken.push(Buffer.from(piece)));
        const end = Buffer.from(`${mark} ${String(code).padStart(3, '0')}\n`);
        const all = Buffer.concat([bytes, end]);
        for (let at = 0; at < all.length; at += cut) {
          expect(reader.code).toBeUndefined();
          reader.push(all.subarray(at, at + cut));
        }
        expect(reader.code).toBe(code);
        expect(Buffer.concat(taken)).toEqual(bytes);
      },
    ),
  );
});

it('what only begins like an end is content', () => {
  const taken: Buffer[] = [];
  const reader = new AnswerReader(mark, (piece) => void taken.push(Buffer.from(piece)));
  const content = Buffer.from(`${mark} 00\n`);
  for (const byte of content) reader.push(Buffer.from([byte]));
  expect(reader.code).toBeUndefined();
  reader.push(Buffer.from(`${mark} 007\n`));
  expect(reader.code).toBe(7);
  expect(Buffer.concat(taken)).toEqual(content);
});

it('what takes its time is waited for', async () => {
  let done = 0;
  const reader = new AnswerReader(mark, async () => {
    done += 1;
  });
  await reader.push(Buffer.alloc(100));
  await reader.push(Buffer.alloc(100));
  expect(done).toBe(3);
});
