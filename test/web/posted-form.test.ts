import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boundedBody, postedFile, postedForm, RefusedRequest } from '../../functions/web/posted-form.ts';

const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
const requestOf = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = asForm) =>
  new Request('http://hikkoshi.test/', { method: 'POST', body, headers });

/** Bytes in pieces as a network may cut them. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const end = ends.shift();
      if (end === undefined) return controller.close();
      if (end > at) controller.enqueue(bytes.slice(at, end));
      else controller.enqueue(new Uint8Array(0));
      at = end;
    },
  });
}

const refusal = (promise: Promise<unknown>): Promise<number | undefined> =>
  promise.then(
    () => undefined,
    (error) => (error instanceof RefusedRequest ? error.status : Promise.reject(error)),
  );

describe('a posted form', () => {
  test('comes back as it was typed: every name, every value, in order, whatever the signs', async () => {
    const field = fc.tuple(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('__proto__', 'constructor', 'toString', '', 'a'),
      ),
      fc.string({ unit: 'binary' }).map((value) => value.toWellFormed()),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 40 }), async (fields) => {
        const typed = fields.map(([name, value]) => [name.toWellFormed(), value] as const);
        const posted = await postedForm(
          requestOf(
            new URLSearchParams(typed.map(([name, value]): [string, string] => [name, value])).toString(),
          ),
        );
        const expected = new Map<string, string[]>();
        for (const [name, value] of typed) expected.set(name, [...(expected.get(name) ?? []), value]);
        expect(Object.keys(posted).sort()).toEqual([...expected.keys()].sort());
        for (const [name, values] of expected) expect([posted[name]].flat()).toEqual(values);
        expect(Object.getPrototypeOf(posted)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('never breaks, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const posted = await postedForm(requestOf(Uint8Array.from(bytes)));
        for (const value of Object.values(posted).flat()) expect(value.isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test('may hold a file, whose text is posted from UTF-8 and from CP932', async () => {
    const form = new FormData();
    form.append('name', '髙﨑');
    form.append('utf8', new File(['一覧,髙﨑 𠮷男'], '一覧.csv'));
    form.append('cp932', new File([Uint8Array.of(0x88, 0xea, 0x97, 0x97, 0x2c, 0xfb, 0xfc)], 'a.csv'));
    form.append('none', new File([], ''));
    form.append('book', new File([Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0xff, 0xfd)], 'a.xlsx'));
    const made = new Response(form);
    const body = new Uint8Array(await made.arrayBuffer());
    const type = made.headers.get('content-type') ?? '';
    expect({ ...(await postedForm(requestOf(body, { 'content-type': type }))) }).toEqual({
      name: '髙﨑',
      utf8: '一覧,髙﨑 𠮷男',
      cp932: '一覧,髙',
      none: '',
      book: 'PK\u0003\u0004\u0000ÿý',
    });
    const cut = requestOf(body.slice(0, 60), { 'content-type': type });
    expect(await refusal(postedForm(cut))).toBe(400);
  });

  test('is only what says that it is one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          'text/plain',
          'application/json',
          'multipart/mixed',
          'x',
          'application/x-www-form-urlencoded-x',
        ),
        async (type) => {
          expect(await refusal(postedForm(requestOf('a=b', { 'content-type': type })))).toBe(415);
        },
      ),
    );
    const untyped = new Request('http://hikkoshi.test/', {
      method: 'POST',
      body: new Uint8Array([97, 61, 98]),
    });
    expect(await refusal(postedForm(untyped))).toBe(415);
  });

  test.each([
    [500, undefined],
    [501, 400],
    [200_000, 400],
  ])('%i fields: %s', async (count, status) => {
    expect(await refusal(postedForm(requestOf('a&'.repeat(count))))).toBe(status);
  });

  test.each([
    [512 * 1024, undefined],
    [512 * 1024 + 1, 413],
  ])('%i bytes: %s', async (bytes, status) => {
    expect(await refusal(postedForm(requestOf('a'.repeat(bytes))))).toBe(status);
  });
});

describe('a bounded body', () => {
  test('is whole up to its bound and refused beyond, however it comes and whatever its length says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.nat(300),
        fc.constantFrom(undefined, '0', '1', '-1', 'x', '1e9', '99999999999999999999', 'NaN', ''),
        async (bytes, cuts, largest, length) => {
          const request = new Request('http://hikkoshi.test/', {
            method: 'POST',
            body: inPieces(bytes, cuts),
            duplex: 'half',
            headers: { ...(length !== undefined && { 'content-length': length }) },
          } as RequestInit);
          const promised = Number(length ?? 0) > largest;
          const read = boundedBody(request, largest);
          if (bytes.length > largest || promised) expect(await refusal(read)).toBe(413);
          else expect([...(await read)]).toEqual([...bytes]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('nothing posted is nothing', async () => {
    const request = new Request('http://hikkoshi.test/', { method: 'POST' });
    expect(await boundedBody(request, 0)).toHaveLength(0);
  });
});

describe('a posted file', () => {
  const upload = async (field: string, content: Uint8Array<ArrayBuffer>, name: string) => {
    const form = new FormData();
    form.append('other', 'x');
    form.append(field, new File([content], name));
    const made = new Response(form);
    const headers = { 'content-type': made.headers.get('content-type') ?? '' };
    return requestOf(new Uint8Array(await made.arrayBuffer()), headers);
  };

  test('comes back byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (content) => {
        const request = await upload('report', Uint8Array.from(content), '調査.csv');
        expect([...(await postedFile(request, 'report', 500))]).toEqual([...content]);
      }),
      { numRuns: 100 },
    );
  });

  test('a name is refused when, and only when, it is a path', async () => {
    const part = fc.string({
      unit: fc.constantFrom('a', '調', '.', ' ', '"', '%', '\n', '\r', '/', '\\', '\0'),
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(part, async (name) => {
        const status = await refusal(
          postedFile(await upload('report', new Uint8Array(3), name), 'report', 500),
        );
        expect(status).toBe(/[/\\\0]|^\.\.?$/.test(name) ? 400 : undefined);
      }),
      { numRuns: 200 },
    );
  });

  test('anything that is no whole file form is refused, never broken', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const piece = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\n',
      'Content-Disposition: form-data; name="report"',
      '; filename="x.csv"',
      'Content-Type: text/csv',
      'x',
      '\0',
      '\xff',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 14 }), async (pieces) => {
        const found = postedFile(requestOf(pieces.join(''), headers), 'report', 500);
        expect([undefined, 400]).toContain(await refusal(found));
      }),
      { numRuns: 300 },
    );
    expect(await refusal(postedFile(await upload('wrong', new Uint8Array(3), 'x.csv'), 'report', 500))).toBe(
      400,
    );
    expect(await refusal(postedFile(requestOf('a=b'), 'report', 500))).toBe(415);
    expect(
      await refusal(postedFile(await upload('report', new Uint8Array(70_000), 'x.csv'), 'report', 500)),
    ).toBe(413);
  });
});
