import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isReference, newReference, normaliseReference } from '../../functions/case/reference.ts';

const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)) };
const signs = '23456789ABCDEFGHJKMNPQRSTWXYZ';

test('a reference fits names of executions and keys, and holds no sign that is mistaken for another', () => {
  for (let draw = 0; draw < 500; draw += 1) {
    const reference = newReference(random);
    expect(reference).toMatch(/^HK-[2-9A-HJKMNP-TW-Z]{4}-[2-9A-HJKMNP-TW-Z]{4}$/);
    expect(isReference(reference)).toBe(true);
  }
});

test('every sign is drawn about as often as any other', () => {
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 2_000; draw += 1) {
    for (const sign of newReference(random).slice(3, 12).replace('-', '').slice(0, 7))
      counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  const expected = (2_000 * 7) / signs.length;
  const squares = [...signs].reduce(
    (sum, sign) => sum + ((counts.get(sign) ?? 0) - expected) ** 2 / expected,
    0,
  );
  expect(squares).toBeLessThan(83); // chi-squared, 28 degrees of freedom: beyond it once in about ten million runs
});

test('what is read out on the telephone is understood', () => {
  const reference = newReference(random);
  const bare = reference.replaceAll('-', '').slice(2);
  const wide = [...reference].map((sign) => String.fromCodePoint(sign.codePointAt(0)! + 0xfee0)).join('');
  for (const typed of [
    reference.toLowerCase(),
    bare,
    ` hk ${bare} `,
    wide,
    reference.replaceAll('-', 'ー'),
    reference.replaceAll('-', '–'),
  ]) {
    expect(normaliseReference(typed)).toBe(reference);
  }
});

test.each(['', 'HK', 'HK-0000-0000', 'HK-7K3M-Q2T', '../../etc/passwd', 'HK-7K3M-Q2T9X', 'x'.repeat(10_000)])(
  '%j is none',
  (typed) => {
    expect(normaliseReference(typed.slice(0, 20_000))).toBeUndefined();
  },
);

test('one wrong sign, or two that changed places, are always found', () => {
  const drawn = fc
    .uint8Array({ minLength: 16, maxLength: 16, max: 231 })
    .map((bytes) => newReference({ bytes: () => bytes }));
  const places = [3, 4, 5, 6, 8, 9, 10, 11];
  fc.assert(
    fc.property(
      drawn,
      fc.constantFrom(...places),
      fc.constantFrom(...places),
      fc.constantFrom(...signs),
      (reference, at, other, sign) => {
        const wrong = [...reference];
        wrong[at] = sign;
        if (wrong.join('') !== reference) expect(normaliseReference(wrong.join(''))).toBeUndefined();
        const swapped = [...reference];
        [swapped[at], swapped[other]] = [swapped[other]!, swapped[at]!];
        if (swapped.join('') !== reference) expect(normaliseReference(swapped.join(''))).toBeUndefined();
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a source that does not vary ends in an error, not in an endless loop', () => {
  expect(() => newReference({ bytes: (count) => new Uint8Array(count).fill(255) })).toThrow('random');
});
