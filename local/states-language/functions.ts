import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import type { Clock, Random } from '../../functions/case/ports.ts';

/** Functions that JSONata has by itself and Step Functions does not offer, with what to write instead. */
export const missingFunctions: Readonly<Record<string, string>> = {
  eval: 'write $parse for JSON text',
};

const format = jsonata('$fromMillis($millis, $picture, $zone)');
const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The longest array of $range, as documented for States.ArrayRange. */
const longestRange = 1000;

const partition = (array: unknown, size: unknown): unknown[][] => {
  if (!Array.isArray(array) || !Number.isInteger(size) || (size as number) < 1) {
    throw new Error('$partition takes an array and a positive integer');
  }
  const parts: unknown[][] = [];
  for (let at = 0; at < array.length; at += size as number)
    parts.push(array.slice(at, at + (size as number)));
  return parts;
};

const range = (first: unknown, last: unknown, step: unknown): number[] => {
  if (![first, last, step].every(Number.isInteger) || step === 0) {
    throw new Error('$range takes a first value, a last value and a step, integers, the step not 0');
  }
  const [from, to, by] = [first as number, last as number, step as number];
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  if (count > longestRange) throw new Error(`$range would make ${count} values; ${longestRange} are allowed`);
  return Array.from({ length: count }, (_, index) => from + index * by);
};

const hash = (data: unknown, algorithm: unknown): string => {
  const name = algorithms[String(algorithm)];
  if (typeof data !== 'string' || !name) {
    throw new Error(`$hash takes a string and one of ${Object.keys(algorithms).join(', ')}`);
  }
  return createHash(name).update(data, 'utf8').digest('hex');
};

/** 53 random bits of eight bytes, as a number from 0 up to but without 1. */
export const fraction = (bytes: Uint8Array): number =>
  Number(Buffer.from(bytes).readBigUInt64BE() >> 11n) / 2 ** 53;

export const uuid = (random: Random): string => {
  const bytes = Buffer.from(random.bytes(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/**
 * What Step Functions adds to JSONata ("Transforming data with JSONata"), and the functions that would read the
 * machine's own clock or chance, on the ports instead.
 */
export const createFunctions = (clock: Clock, random: Random): Record<string, unknown> => ({
  partition,
  range,
  hash,
  parse: (text: unknown) => {
    if (typeof text !== 'string') throw new Error('$parse takes a string of JSON');
    return JSON.parse(text) as unknown;
  },
  uuid: () => uuid(random),
  random: (seed?: unknown) =>
    fraction(
      seed === undefined
        ? random.bytes(8)
        : createHash('sha256').update(String(seed)).digest().subarray(0, 8),
    ),
  shuffle: (array: unknown) => {
    const shuffled = Array.isArray(array) ? [...array] : [array];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = Math.floor(fraction(random.bytes(8)) * (last + 1));
      [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
    }
    return shuffled;
  },
  millis: () => clock.now().getTime(),
  now: (picture?: unknown, zone?: unknown) =>
    picture === undefined
      ? clock.now().toISOString()
      : format.evaluate(undefined, { millis: clock.now().getTime(), picture, zone }),
});
