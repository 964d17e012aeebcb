import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ObjectLine } from '../../functions/migration/object-line.ts';
import { differencesOf } from '../../local/demo/compare-sites.ts';
import { readSite } from '../../local/demo/read-site.ts';
import { remainsOf } from '../../local/demo/remains.ts';
import { openDatabase } from '../../local/ports/database.ts';

/** The demo's own checks find what they are there to find. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-checks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('source, target and ledger', () => {
  let source: string;
  let target: string;
  let ledger: ObjectLine[];
  const compare = () => differencesOf(readSite(source), readSite(target), ledger, source);

  beforeEach(() => {
    source = join(folder, 'source');
    target = join(folder, 'target');
    mkdirSync(join(source, 'a'), { recursive: true });
    writeFileSync(join(source, 'a', 'one.txt'), 'one', { mode: 0o644 });
    writeFileSync(join(source, 'two.txt'), 'two', { mode: 0o644 });
    cpSync(source, target, { recursive: true, preserveTimestamps: true });
    utimesSync(join(source, 'a'), 1_700_000_000, 1_700_000_000);
    utimesSync(join(target, 'a'), 1_700_000_000, 1_700_000_000);
    ledger = [...readSite(source)].map(([path, { kind, sha256 }]) => ({
      path,
      kind,
      size: 3,
      outcome: 'moved',
      ...(sha256 && { sha256 }),
    }));
  });

  test('alike, they are found alike', () => {
    expect(compare()).toEqual([]);
  });

  test.each<[string, () => void, string]>([
    ['a lost file', () => rmSync(join(target, 'two.txt')), '移行先にありません'],
    ['a foreign file', () => writeFileSync(join(target, 'three.txt'), ''), '移行先にだけあります'],
    [
      'another content',
      () => {
        writeFileSync(join(target, 'two.txt'), 'TWO');
      },
      '内容が異なります',
    ],
    ['another mode', () => chmodSync(join(target, 'two.txt'), 0o600), '権限が異なります'],
    ['another time', () => utimesSync(join(target, 'a', 'one.txt'), 1, 1), '更新日時が異なります'],
    ['a line too few', () => ledger.pop(), '台帳に行がありません'],
    ['a line twice', () => ledger.push(ledger[0]!), '台帳は4行'],
    ['a skipped file', () => Object.assign(ledger[0]!, { outcome: 'skipped', why: '' }), '移行先にあります'],
    ['a claim of a change', () => Object.assign(ledger[0]!, { outcome: 'altered' }), '台帳の結果は altered'],
    ['a wrong hash', () => Object.assign(ledger.at(-1)!, { sha256: 'x' }), 'SHA-256'],
  ])('%s is found', (_what, change, sentence) => {
    change();
    expect(compare().join('\n')).toContain(sentence);
  });
});

describe('what is left over', () => {
  test('a string is found in files and rows, and not in what is kept', () => {
    const database = openDatabase(join(folder, 'x.db'));
    database.exec('CREATE TABLE notes (text TEXT, bytes BLOB)');
    const kept = join(folder, 'records');
    mkdirSync(kept);
    writeFileSync(join(kept, 'ledger'), 'secret');
    const look = () => remainsOf(folder, kept, database, { パスワード: 'secret' });
    expect(look()).toEqual([]);

    writeFileSync(join(folder, 'copy'), 'a secret here');
    expect(look()).toEqual(['パスワードが copy に残っています']);

    database.prepare('INSERT INTO notes VALUES (?, ?)').run('', Buffer.from('a secret'));
    // In the table, and in the write-ahead log that holds the row.
    expect(look()).toEqual(
      expect.arrayContaining(['パスワードが x.db-wal に残っています', 'パスワードが表 notes に残っています']),
    );
    database.close();
  });
});
