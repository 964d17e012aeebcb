import { describe, expect, it } from '@jest/globals';
import { linesOf } from '../../functions/migration/ndjson.ts';
import { describePath, quiet, quietJson } from '../../functions/migration/object-line.ts';
import { shownName } from '../../functions/migration/shown-name.ts';

const shown = (...bytes: (string | number[])[]) =>
  shownName(describePath(Buffer.concat(bytes.map((part) => Buffer.from(part as string)))));

describe('a name for people', () => {
  it('is read in whichever encoding it is in, part by part', () => {
    expect(shown('日本語/ページ.html')).toBe('./日本語/ページ.html');
    expect(shown([0x83, 0x65, 0x83, 0x58, 0x83, 0x67], '.txt')).toBe('./テスト.txt');
    expect(shown([0xa5, 0xc6, 0xa5, 0xb9, 0xa5, 0xc8], '/', '表紙')).toBe('./テスト/表紙');
    expect(shown([0xff], 'x')).toBe('./ÿx');
  });

  it('turns nothing round, hides nothing and is of a bounded length', () => {
    expect(shown('a\u202egnp.exe')).toBe('./a\\u202egnp.exe');
    expect(shown('a\u200b\x1b[2J\nb')).toBe('./a\\u200b\\u001b[2J\\u000ab');
    expect([...shown('𠮷'.repeat(500))]).toHaveLength(200);
  });

  it('in JSON parses to what it was', () => {
    const text = '=1\u202e\x9b"\\\n𠮷';
    expect(JSON.parse(quietJson({ text }))).toEqual({ text });
    expect(quiet('a-b')).toBe('a-b');
  });

  it.each([
    ['ASCII alone', [{ path: './a\nb' }, { path: './b' }]],
    ['one that holds more', [{ path: './a' }, { path: './日本\u202e\x7f\n\r𠮷' }, { path: './b' }]],
    ['none', []],
  ])('in lines does so too, and ends each: %s', (_, values) => {
    const text = linesOf(values).toString();
    expect(text).toBe(values.map((value) => `${quietJson(value)}\n`).join(''));
    expect(text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))).toEqual(values);
  });
});
