import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countName, noNames } from '../../../functions/migration/web/names/count-names.ts';
import { decideNames, type FileNames } from '../../../functions/migration/web/names/decide-names.ts';
import {
  decodeExactly,
  encodeExactly,
  type OldEncoding,
} from '../../../functions/migration/web/names/encodings.ts';

const encode = (text: string, encoding: OldEncoding) => encodeExactly(text, encoding)!;

describe('names in old encodings', () => {
  it.each<[string, string, OldEncoding]>([
    ['8365835883672e747874', 'テスト.txt', 'cp932'],
    ['c3bdc42e747874', 'ﾃｽﾄ.txt', 'cp932'],
    ['955c8ea6', '表示', 'cp932'], // a backslash as second byte
    ['fbfc96d8', '髙木', 'cp932'],
    ['8754878a', 'Ⅰ㈱', 'cp932'],
    ['8160', '～', 'cp932'],
    ['a5c6a5b9a5c8', 'テスト', 'euc-jp'],
    ['8ec38ebd', 'ﾃｽ', 'euc-jp'],
    ['8fb0a1', '丂', 'euc-jp'],
  ])('%s is %s in %s, there and back', (hex, text, encoding) => {
    expect(decodeExactly(Buffer.from(hex, 'hex'), encoding)).toBe(text);
    expect(encode(text, encoding).toString('hex')).toBe(hex);
  });

  it.each<[string, OldEncoding]>([
    ['eee0', 'cp932'], // 髙 once more: back it would be fbfc
    ['81', 'cp932'], // cut in half
    ['80', 'cp932'],
    ['ff41', 'cp932'],
    ['a1', 'euc-jp'],
    ['8fa1', 'euc-jp'],
  ])('%s in %s is not convertible', (hex, encoding) => {
    expect(decodeExactly(Buffer.from(hex, 'hex'), encoding)).toBeUndefined();
  });

  it('whatever is convertible comes back as the very bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.constantFrom('cp932', 'euc-jp'), (bytes, encoding) => {
        const text = decodeExactly(Buffer.from(bytes), encoding as OldEncoding);
        if (text !== undefined) expect(encode(text, encoding as OldEncoding)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the encoding of a tree', () => {
  const words = ['会社案内', 'お問い合わせ', '写真２０１７', 'カタログ.pdf', 'ﾄｯﾌﾟ.html', '採用情報', '地図'];
  const decide = (names: readonly Buffer[], choice?: FileNames) => {
    const counts = noNames();
    for (const name of names) countName(counts, name);
    return decideNames(counts, choice);
  };
  const ascii = ['index.html', 'img', 'style.css'].map((name) => Buffer.from(name));
  const utf8 = words.map((word) => Buffer.from(word));
  const inOld = (encoding: OldEncoding) => words.map((word) => encode(word, encoding));

  it('is nothing to decide where all is ASCII or UTF-8', () => {
    expect(decide(ascii)).toEqual({ choice: 'detect', old: 0, remarks: [] });
    expect(decide([...ascii, ...utf8])).toEqual({ choice: 'detect', old: 0, remarks: [] });
  });

  it.each(['cp932', 'euc-jp'] as const)('%s is found out', (encoding) => {
    const decided = decide([...ascii, ...inOld(encoding)]);
    expect(decided.convert).toBe(encoding);
    expect(decided.remarks[0]).toContain(encoding === 'cp932' ? 'CP932' : 'EUC-JP');
    expect(decide([...inOld(encoding), ...utf8.slice(0, 3)]).convert).toBe(encoding);
    for (const [at, one] of inOld(encoding).entries()) {
      if (!/^[ｦ-ﾟ]/.test(words[at]!)) expect(decide([one]).convert).toBe(encoding);
    }
  });

  it('is left alone where UTF-8 prevails, or where the bytes are no text', () => {
    const mixed = decide([...utf8, ...inOld('cp932').slice(0, 2)]);
    expect(mixed.convert).toBeUndefined();
    expect(mixed.remarks.join()).toContain('2件');
    const noise = decide([Buffer.of(0xff, 0xfe), Buffer.of(0x80, 0x81), ...inOld('cp932').slice(0, 3)]);
    expect(noise.convert).toBeUndefined();
    expect(noise.remarks.join()).toContain('判定できない');
    // Latin-1: `é` and the letter behind it are a rare kanji in CP932.
    const french = ['d\xe9faut', 'r\xe9sum\xe9s', 'g\xe9n\xe9rale'].map((name) =>
      Buffer.from(name, 'latin1'),
    );
    expect(decide(french).convert).toBeUndefined();
  });

  it('is what was declared, and is not decided twice', () => {
    expect(decide(inOld('euc-jp'), 'keep').convert).toBeUndefined();
    expect(decide(inOld('euc-jp'), 'keep').remarks.join()).toContain('変換しません');
    expect(decide(utf8, 'cp932').convert).toBe('cp932');
    const counts = noNames();
    for (const name of utf8) countName(counts, name);
    const before = decide(inOld('cp932'));
    expect(decideNames(counts, 'detect', before).convert).toBe('cp932');
    expect(decideNames(counts, 'keep', before).convert).toBeUndefined();
  });

  it('says how many names are decomposed, as Macs write them', () => {
    expect(decide([Buffer.from('ガ'.normalize('NFD'))]).remarks.join()).toContain('NFD');
  });
});
