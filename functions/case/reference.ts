import type { Random } from './ports.ts';

/**
 * References of cases that can be read out on the phone: `HK-7K3M-Q2T9`. 29 signs, none of which is mistaken for another
 * (no 0 O, 1 I L, U V): prime, so that the check sign finds every single wrong sign and every two that changed places.
 * Letters, digits and dashes only: fit for names of executions and keys of objects. 29^7 = 1.7e10 references; a new
 * case is written with version 0, so a draw that is taken already is refused there and drawn again. Not a secret.
 */
const signs = '23456789ABCDEFGHJKMNPQRSTWXYZ';
const length = 7;
/** Bytes from here on would favour some signs. */
const fair = 256 - (256 % signs.length);

export function newReference(random: Random): string {
  let drawn = '';
  for (let attempt = 0; attempt < 64 && drawn.length < length; attempt += 1) {
    for (const byte of random.bytes(16)) {
      if (byte < fair && drawn.length < length) drawn += signs[byte % signs.length];
    }
  }
  if (drawn.length < length) throw new Error('the source of random bytes does not vary');
  return written(drawn + checkSign(drawn));
}

/**
 * A reference as it was said or typed: full width, lower case, spaces, other dashes, without dashes or `HK`.
 * Undefined when it is none, a wrong check sign included.
 */
export function normaliseReference(typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const bare = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\u2212ー]/gu, '')
    .replace(/^HK(?=.{8}$)/, '');
  if (bare.length !== length + 1 || [...bare].some((sign) => !signs.includes(sign))) return undefined;
  return checkSign(bare.slice(0, length)) === bare[length] ? written(bare) : undefined;
}

export function isReference(text: string): boolean {
  return normaliseReference(text) === text;
}

/** Weights 2 to 8, all different modulo 29 and none zero. */
function checkSign(drawn: string): string {
  let sum = 0;
  for (let at = 0; at < drawn.length; at += 1) sum += signs.indexOf(drawn[at]!) * (at + 2);
  return signs[sum % signs.length]!;
}

function written(bare: string): string {
  return `HK-${bare.slice(0, 4)}-${bare.slice(4)}`;
}
