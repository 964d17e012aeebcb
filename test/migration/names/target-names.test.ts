import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describePath, type ObjectLine } from '../../../functions/migration/object-line.ts';
import { joinPath, parentOf } from '../../../functions/migration/position.ts';
import { encodeExactly, type OldEncoding } from '../../../functions/migration/web/names/encodings.ts';
import { keptNames } from '../../../functions/migration/web/names/kept-names.ts';
import { rewriteLink } from '../../../functions/migration/web/names/rewrite-link.ts';
import { TargetNames } from '../../../functions/migration/web/names/target-names.ts';

const old = (text: string, encoding: OldEncoding = 'cp932') => encodeExactly(text, encoding)!;

async function* linesOf(paths: readonly Buffer[]): AsyncGenerator<ObjectLine> {
  for (const path of paths) yield { ...describePath(path), kind: 'file', size: 0 };
}

async function namesFor(entries: readonly Buffer[], encoding: OldEncoding = 'cp932', directory = '') {
  const paths = entries.map((name) => joinPath(Buffer.from(directory), name));
  return new TargetNames(encoding, (await keptNames(linesOf(paths), encoding))!);
}

const root = Buffer.alloc(0);

describe('the names at the target', () => {
  it('are UTF-8 for every part of a path in the old encoding', async () => {
    const path = Buffer.concat([old('画像'), Buffer.from('/a/'), old('表紙.jpg')]);
    const names = await namesFor([]);
    expect(names.path(path).toString()).toBe('画像/a/表紙.jpg');
    expect(names.sourceName(root, Buffer.from('画像'))).toEqual(old('画像'));
  });

  it('keep both of two that would be one', async () => {
    const entries = [old('表'), Buffer.from('表')];
    const names = await namesFor(entries, 'cp932', 'd');
    expect(entries.map((name) => names.path(joinPath(Buffer.from('d'), name)))).toEqual(
      entries.map((name) => joinPath(Buffer.from('d'), name)),
    );
    // In another directory there is no conflict.
    expect(names.path(old('表')).toString()).toBe('表');
  });

  /** Names as a tree holds them: pieces of Japanese in three encodings, and bytes that are none. */
  const name = fc
    .array(
      fc.oneof(
        ...['表', 'ｱﾃ', 'é', 'の', 'Ж', '日本'].flatMap((text) =>
          [Buffer.from(text), encodeExactly(text, 'cp932'), encodeExactly(text, 'euc-jp')].flatMap((bytes) =>
            bytes ? [fc.constant(bytes)] : [],
          ),
        ),
        fc.constantFrom(Buffer.from('a'), Buffer.of(0xff), Buffer.of(0xc3), Buffer.of(0xa9)),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((pieces) => Buffer.concat(pieces));
  const directory = fc.uniqueArray(name, {
    maxLength: 12,
    selector: (one) => one.toString('latin1'),
  });
  const encoding = fc.constantFrom<OldEncoding>('cp932', 'euc-jp');

  it('are one to one, and lead back, whatever a directory holds', async () => {
    await fc.assert(
      fc.asyncProperty(directory, encoding, async (entries, into) => {
        const names = await namesFor(entries, into);
        const there = entries.map((one) => names.name(root, one));
        expect(new Set(there.map((one) => one.toString('latin1'))).size).toBe(entries.length);
        expect(there.map((one) => names.sourceName(root, one))).toEqual(entries);
      }),
      { numRuns: 600 },
    );
  });

  it('of what is only at the target are no name of the source, differ from each other, and lead there', async () => {
    await fc.assert(
      fc.asyncProperty(directory, directory, encoding, async (entries, standing, into) => {
        const names = await namesFor(entries, into);
        const there = new Set(entries.map((one) => names.name(root, one).toString('latin1')));
        const strangers = standing.filter((one) => !there.has(one.toString('latin1')));
        const called = strangers.map((one) => names.sourceName(root, one));
        expect(called.filter((one) => entries.some((entry) => entry.equals(one)))).toEqual([]);
        expect(new Set(called.map((one) => one.toString('latin1'))).size).toBe(strangers.length);
        expect(called.map((one) => names.path(one))).toEqual(strangers);
      }),
      { numRuns: 600 },
    );
  });

  it('are given up where conflicts are without end', async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => Buffer.from(`表${at}`));
    expect(await keptNames(linesOf(many), 'cp932')).toBeUndefined();
  });
});

describe('the text of a link', () => {
  it('is rewritten name by name, from where the link stands', () => {
    const seen: string[] = [];
    const text = rewriteLink(Buffer.from('a/b'), Buffer.from('../c//./d/'), (directory, name) => {
      seen.push(`${directory}:${name}`);
      return { written: Buffer.from(name.toString().toUpperCase()), source: name };
    });
    expect(text.toString()).toBe('../C//./D/');
    expect(seen).toEqual(['a:c', 'a/c:d']);
    expect(parentOf(Buffer.from('a'))).toEqual(root);
  });
});
