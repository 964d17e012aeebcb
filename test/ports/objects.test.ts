import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Objects } from '../../functions/case/ports.ts';
import { implementations } from './implementations.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
const text = async (body: AsyncIterable<Uint8Array>) => Buffer.concat(await collect(body)).toString();

async function* random(chunks: number, hash: ReturnType<typeof createHash>) {
  let seed = 1;
  for (let index = 0; index < chunks; index++) {
    const chunk = Buffer.alloc(100_000);
    for (let position = 0; position < chunk.length; position += 4) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      chunk.writeUInt32LE(seed, position);
    }
    hash.update(chunk);
    yield chunk;
  }
}

describe.each(implementations)('objects on $name', (implementation) => {
  let objects: Objects;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ port: objects, stop } = await implementation.objects());
  });
  afterAll(() => stop?.());

  const keys = async (prefix: string) => (await collect(objects.list(prefix))).map(({ key }) => key);

  test('a stream of 20 MB arrives byte for byte', async () => {
    const sent = createHash('sha256');
    await objects.put('temporary/stream/large', random(200, sent));
    expect(await objects.size('temporary/stream/large')).toBe(20_000_000);
    const received = createHash('sha256');
    for await (const chunk of objects.get('temporary/stream/large')) received.update(chunk);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  test('an empty object is an object', async () => {
    await objects.put('records/empty', new Uint8Array());
    await objects.put(
      'records/empty-stream',
      (async function* () {
        yield new Uint8Array();
      })(),
    );
    for (const key of ['records/empty', 'records/empty-stream']) {
      expect(await objects.size(key)).toBe(0);
      expect(await text(objects.get(key))).toBe('');
    }
  });

  test('a new body replaces the old one whole; a broken one leaves it', async () => {
    const key = 'temporary/replace/one';
    await objects.put(key, bytes('a long first body'));
    const broken = (async function* () {
      for (let part = 0; part < 12; part++) yield new Uint8Array(1_000_000);
      throw new Error('the source went away');
    })();
    await expect(objects.put(key, broken)).rejects.toThrow('the source went away');
    expect(await text(objects.get(key))).toBe('a long first body');
    await objects.put(key, bytes('short'));
    expect(await text(objects.get(key))).toBe('short');
    expect(await collect(objects.list('temporary/replace/'))).toEqual([{ key, size: 5 }]);
  });

  test('whoever reads while another writes sees one body or the other', async () => {
    const key = 'temporary/replace/raced';
    const bodies = ['a', 'b', 'c', 'd'].map((letter) => bytes(letter.repeat(200_000)));
    await objects.put(key, bodies[0]!);
    const writes = Promise.all(bodies.map((body) => objects.put(key, body)));
    const reads = await Promise.all(Array.from({ length: 8 }, () => text(objects.get(key))));
    await writes;
    for (const read of reads) expect(read).toMatch(/^(a{200000}|b{200000}|c{200000}|d{200000})$/);
  });

  test('ranges are in bytes, the end exclusive', async () => {
    const key = 'records/ranges';
    await objects.put(key, bytes('0123456789'));
    expect(await text(objects.get(key, { start: 0, end: 4 }))).toBe('0123');
    expect(await text(objects.get(key, { start: 4 }))).toBe('456789');
    expect(await text(objects.get(key, { start: 9, end: 10 }))).toBe('9');
    expect(await text(objects.get(key, { start: 8, end: 99 }))).toBe('89');
    expect(await text(objects.get(key, { start: 3, end: 3 }))).toBe('');
    expect(await text(objects.get(key, { start: 10 }))).toBe('');
    expect(await text(objects.get(key, { start: 11, end: 12 }))).toBe('');
    for (const range of [{ start: -1 }, { start: 5, end: 4 }, { start: 0.5 }, { start: Number.NaN }]) {
      await expect(text(objects.get(key, range))).rejects.toThrow(RangeError);
    }
  });

  test('what is not there is said by name', async () => {
    for (const range of [undefined, { start: 1, end: 1 }, { start: 0, end: 1 }]) {
      await expect(text(objects.get('records/none', range))).rejects.toMatchObject({ name: 'NotFoundError' });
    }
    expect(await objects.size('records/none')).toBeUndefined();
    expect(await keys('records/none')).toEqual([]);
    expect(await objects.deleteAll('records/none')).toBe(0);
  });

  test('lists are in order of bytes, below any prefix', async () => {
    const names = [
      'a',
      'a/b',
      'a-b',
      'a0',
      'a/b/c',
      'A',
      'b',
      'ä',
      '\uff5e',
      '𠮷',
      '髙',
      '﨑',
      `${'x'.repeat(64)}`,
    ];
    const long = 'x'.repeat(64);
    names.push(`${long}/y`, `${long}-`, `${long}0`, `${long}${long}`, `${long}${long}/z`);
    for (const name of names) await objects.put(`temporary/order/${name}`, bytes(name));
    const inOrder = names
      .map((name) => `temporary/order/${name}`)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await keys('temporary/order/')).toEqual(inOrder);
    for (const prefix of [
      'temporary/order/a',
      'temporary/order/a/',
      `temporary/order/${long}`,
      'temporary/ord',
    ]) {
      expect(await keys(prefix)).toEqual(inOrder.filter((key) => key.startsWith(prefix)));
    }
  });

  test('deleteAll takes every version below the prefix and nothing beside it', async () => {
    for (const key of ['one', 'two', 'two/deep', 'two/deep/er']) {
      await objects.put(`temporary/case-1/${key}`, bytes('first'));
      await objects.put(`temporary/case-1/${key}`, bytes('second'));
    }
    await objects.put('temporary/case-10/kept', bytes('kept'));
    await objects.put('records/case-1/kept', bytes('kept'));
    expect(await objects.deleteAll('temporary/case-1/')).toBe(4);
    expect(await objects.deleteAll('temporary/case-1/')).toBe(0);
    expect(await keys('temporary/case-1')).toEqual(['temporary/case-10/kept']);
    expect(await text(objects.get('records/case-1/kept'))).toBe('kept');
    await objects.put('temporary/case-1/one', bytes('again'));
    expect(await text(objects.get('temporary/case-1/one'))).toBe('again');
  });

  test('hostile keys are refused before anything is touched', async () => {
    const hostile = [
      '',
      '/etc/passwd',
      'elsewhere/a',
      'temporary',
      'temporary/',
      'temporary/../records/a',
      'temporary/..',
      'temporary/./a',
      'temporary//a',
      'temporary/a/',
      'temporary/..\\..\\a',
      'temporary/a\u0000b',
      'temporary/a\nb',
      'temporary/\ud842',
      `temporary/${'長'.repeat(400)}`,
    ];
    for (const key of hostile) {
      await expect(objects.put(key, bytes('x'))).rejects.toMatchObject({ name: 'TerminalError' });
      await expect(text(objects.get(key))).rejects.toMatchObject({ name: 'TerminalError' });
      await expect(objects.size(key)).rejects.toMatchObject({ name: 'TerminalError' });
    }
    for (const prefix of ['', '/', '..', 'temp', 'temporary/../', 'temporary/../records/', 'elsewhere/']) {
      await expect(keys(prefix)).rejects.toMatchObject({ name: 'TerminalError' });
      await expect(objects.deleteAll(prefix)).rejects.toMatchObject({ name: 'TerminalError' });
    }
  });

  test('any other key comes back as it was', async () => {
    const segment = fc
      .oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
        fc.constantFrom(
          '髙﨑𠮷',
          '...',
          '%2e%2e',
          'a,',
          'a+',
          '%',
          'CON',
          'a b?c#d&e',
          'e\u0301',
          'é',
          '~',
          '\'"<>*',
        ),
      )
      .filter((name) => !/[\p{Cc}/\\]/u.test(name) && name !== '.' && name !== '..' && name.isWellFormed());
    const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { minLength: 1, maxLength: 6 }), async (names) => {
        const area = `temporary/property-${run++}/`;
        for (const name of names) await objects.put(area + name, bytes(name));
        const expected = names
          .map((name) => ({ key: area + name, size: Buffer.byteLength(name) }))
          .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
        expect(await collect(objects.list(area))).toEqual(expected);
        for (const name of names) expect(await text(objects.get(area + name))).toBe(name);
        expect(await objects.deleteAll(area)).toBe(names.length);
      }),
      { numRuns: 40 },
    );
  });
});
