import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Case } from '../../../functions/case/case.ts';
import { RetryAfterError, TransientError } from '../../../functions/case/errors.ts';
import type { Ports } from '../../../functions/case/ports.ts';
import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import { findingsKey, type WebFixes } from '../../../functions/case/web-fixes/web-fixes.ts';
import { storedDataKey } from '../../../functions/migration/data-key.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { ObjectProblem } from '../../../functions/migration/object-problem.ts';
import type { Finding } from '../../../functions/migration/web/fixes/finding.ts';
import { fixableFiles } from '../../../functions/migration/web/fixes/read-diffs.ts';
import { readFindings } from '../../../functions/migration/web/fixes/read-report.ts';
import { readScanProblem, readScanResult } from '../../../functions/migration/web/fixes/scan-end.ts';
import { scanForFixes } from '../../../functions/migration/web/fixes/scan-for-fixes.ts';
import { MemoryTree } from '../../../functions/migration/web/memory-tree.ts';
import { sampleCase, submitted } from '../../case/sample-case.ts';
import { MemoryObjects, MemoryVault } from '../memory-ports.ts';

const secret = 'Himitsu-4f9a';
const fixes: WebFixes = {
  scan: 1,
  request: { sourceHome: '/home/kyu', targetHome: '/var/www', phpTo: '8.2', oldHosts: [], oldAddresses: [] },
  status: 'running',
  by: 'e',
  startedAt: '2026-11-24T01:00:00.000Z',
  approvals: [],
};
const scan = { caseId: 'HK-1', scan: 1 };

let source: MemoryTree;
let objects: MemoryObjects;
let vault: MemoryVault;
let c: Case;
/** Milliseconds that a step is given, at each look at the clock. */
let left: () => number;
let ports: Ports;

beforeEach(async () => {
  source = new MemoryTree();
  objects = new MemoryObjects();
  vault = new MemoryVault();
  left = () => 900_000;
  c = sampleCase({
    id: 'HK-1',
    stage: 'surveying',
    forms: { 'source-access': submitted('source-access', { confided: 's' }) },
    webFixes: fixes,
  });
  ports = {
    records: { load: async () => c },
    clock: { now: () => new Date('2026-11-24T01:00:00.000Z') },
    settings: sampleSettings,
    objects,
    vault,
    remaining: () => left(),
  } as unknown as Ports;
  const access = { protocol: 'sftp', host: 'h', port: 22, user: 'u', password: 'p', root: '/' };
  await vault.put('HK-1', 'source-web.s', JSON.stringify(access));
});

async function put(name: string, content: string, mode = 0o644): Promise<void> {
  const parts = name.split('/').slice(0, -1);
  for (const [at] of parts.entries()) {
    const folder = Buffer.from(parts.slice(0, at + 1).join('/'));
    await source.makeDirectory(folder).catch(() => undefined);
    await source.setAttributes(folder, { mode: 0o755, mtime: 1 });
  }
  await source.write(Buffer.from(name), 0, Buffer.from(content), {
    create: true,
    attributes: { mode, mtime: 1 },
  });
}

async function scanAll(): Promise<number> {
  for (let turns = 1; ; turns += 1) {
    const { more } = await scanForFixes(ports, scan, async () => source);
    if (!more) return turns;
    if (turns > 1_000) throw new Error('it never ends');
  }
}

async function facts(): Promise<Finding[]> {
  const lines: Finding[] = [];
  for await (const line of readLines<Finding>(objects, findingsKey('HK-1', 1))) lines.push(line);
  return lines;
}

const php = (name: string) => `<?php\n// ${name} ${secret}\ninclude '/home/kyu/${name}';\nmysql_query($a);\n`;

describe('a search', () => {
  test('goes through the tree, gravest first, and keeps apart what quotes the files', async () => {
    await put('a/b/one.php', php('one'));
    await put('two.php', php('two'));
    await put('a/open.php', 'x', 0o666);
    await put('picture.jpg', php('no'));
    expect(await scanAll()).toBe(1);
    const lines = await facts();
    expect(lines.map(({ path, line, rule, severity }) => [severity, path, line, rule])).toEqual([
      ['blocker', './two.php', 3, 'old-path'],
      ['blocker', './two.php', 4, 'php-removed'],
      ['blocker', './a/b/one.php', 3, 'old-path'],
      ['blocker', './a/b/one.php', 4, 'php-removed'],
      ['warning', './a/open.php', 0, 'open-permissions'],
    ]);
    const result = (await readScanResult(objects, 'HK-1', 1))!;
    expect(result).toMatchObject({ files: 4, read: 3, findings: 5, leftOut: 0, cutShort: false });
    expect(result.groups.find(({ rule }) => rule === 'old-path')).toEqual({
      rule: 'old-path',
      severity: 'blocker',
      places: 2,
      files: 2,
      hours: 0.5, // less than the least
      first: 'two.php:3',
    });
    // R24: nothing that quotes a file lies open, and the records hold none of it at all.
    for (const [key, content] of objects.stored) {
      expect([key, content.includes(secret)]).toEqual([key, false]);
      expect([key, content.includes('include ')]).toEqual([key, false]);
    }
    const dataKey = (await storedDataKey(vault, 'HK-1'))!;
    expect((await readFindings(objects, dataKey, 'HK-1', 1, 0))[0]!.excerpt).toBe("include '/home/kyu/two';");
    await vault.erase('HK-1');
    await objects.deleteAll('temporary/HK-1/');
    expect(await readFindings(objects, undefined, 'HK-1', 1, 0)).toEqual(lines);
    expect(await readFindings(objects, undefined, 'HK-1', 1, 1)).toEqual([]);
  });

  test('in a thousand turns, with a death in each, finds the same', async () => {
    for (let at = 0; at < 300; at += 1) await put(`d${at % 7}/f${at}.php`, php(`${at}`));
    await scanAll();
    const whole = await facts();
    expect(whole).toHaveLength(600);
    const before = objects.stored.get(findingsKey('HK-1', 1));
    objects.stored.clear();
    left = () => 1;
    let deaths = 0;
    const put2 = objects.put.bind(objects);
    objects.put = async (key, body) => {
      await put2(key, body);
      // After every third write the process is gone.
      if (key.endsWith('state.json') && deaths < 3) {
        deaths += 1;
        throw new TransientError('gone');
      }
    };
    let turns = 0;
    for (let more = true; more; turns += 1) {
      more = await scanForFixes(ports, scan, async () => source).then(
        (turn) => turn.more,
        () => true,
      );
    }
    expect(turns).toBeGreaterThan(4);
    expect(objects.stored.get(findingsKey('HK-1', 1))).toEqual(before);
  });

  test('where the source is slow no batch is begun that would outlast the call', async () => {
    for (let number = 0; number < 300; number += 1) {
      const name = `slow/page-${String(number).padStart(3, '0')}.html`;
      await put(name, '<p>nothing</p>');
    }
    const readMany = source.readMany.bind(source);
    let time = 0;
    source.readMany = async (files, ...rest) => {
      if (files.length > 0) time -= 55_000;
      return readMany(files, ...rest);
    };
    left = () => time;
    for (let turns = 1; ; turns += 1) {
      time = 160_000;
      const { more } = await scanForFixes(ports, scan, async () => source);
      // A call that outlives its time is killed, and what it read is read again.
      expect(time).toBeGreaterThan(0);
      expect(turns).toBeLessThan(12);
      if (!more) break;
    }
    expect((await readScanResult(objects, 'HK-1', 1))?.read).toBe(300);
  });

  test('a file that cannot be read is counted, and does not stop it', async () => {
    await put('a.php', php('a'));
    await put('b.php', php('b'));
    const readMany = source.readMany.bind(source);
    source.readMany = async (files) =>
      (await readMany(files)).map((reading, at) =>
        at === 0 ? new ObjectProblem('denied', 'read') : reading,
      );
    await scanAll();
    expect(await readScanResult(objects, 'HK-1', 1)).toMatchObject({
      leftOut: 1,
      leftOutFirst: [{ place: 'a.php', why: '読み取れません（権限など）' }],
      read: 1,
    });
  });

  test('what is too large or no text is left out, and said', async () => {
    await put('large.php', ' '.repeat(2 * 1024 * 1024));
    await put('binary.php', '<?php\0');
    await scanAll();
    expect(await readScanResult(objects, 'HK-1', 1)).toMatchObject({
      ...{ files: 2, read: 0, leftOut: 2 },
      leftOutFirst: [
        { place: 'binary.php', why: '文字コードが分かりません（UTF-16 や、文字でないものなど）' },
        { place: 'large.php', why: '大きすぎます（1MB を超えるもの）' },
      ],
    });
  });

  test('a directory that cannot be listed is no directory without findings', async () => {
    await put('a/x.php', php('x'));
    await put('b/y.php', php('y'));
    const list = source.list.bind(source);
    source.list = async function* (directory) {
      if (directory.toString() === 'a') throw new ObjectProblem('denied', 'list');
      yield* list(directory);
    };
    await scanAll();
    expect(await readScanResult(objects, 'HK-1', 1)).toMatchObject({
      ...{ files: 1, read: 1, leftOut: 1 },
      leftOutFirst: [{ place: 'a/', why: 'フォルダの一覧が許可されていません' }],
    });
  });

  test('of very many that are left out the first are named', async () => {
    for (let at = 0; at < 100; at += 1) await put(`${String(at).padStart(3, '0')}.php`, '\0');
    await scanAll();
    const { leftOut, leftOutFirst } = (await readScanResult(objects, 'HK-1', 1))!;
    expect([leftOut, leftOutFirst!.length, leftOutFirst![29]!.place]).toEqual([100, 30, '029.php']);
  });

  test('links are not followed', async () => {
    await put('a/x.php', php('x'));
    await source.makeLink(Buffer.from('a/loop'), Buffer.from('/memory/a'));
    await source.makeLink(Buffer.from('b.php'), Buffer.from('a/x.php'));
    await scanAll();
    expect((await readScanResult(objects, 'HK-1', 1))!.files).toBe(1);
  });

  test('files with fixes are kept for the difference, by rule', async () => {
    await put('a.php', php('a'));
    await put('b.php', '<?php mysql_query($a);');
    await scanAll();
    const of = { objects, caseId: 'HK-1', scan: 1 };
    expect((await fixableFiles(of, ['old-path'])).map(({ file }) => file.path)).toEqual(['./a.php']);
    expect(await fixableFiles(of, ['old-host', 'php-removed'])).toEqual([]);
  });
});

test('one that was overtaken, or is recorded, does nothing', async () => {
  await put('a.php', php('a'));
  for (const changed of [{ scan: 2 }, { status: 'done' as const }]) {
    c.webFixes = { ...fixes, ...changed };
    expect(await scanForFixes(ports, scan, async () => source)).toEqual({ more: false });
    expect(objects.stored.size).toBe(0);
  }
});

test('R23: outside of the copy hours it waits for them, and nothing is read', async () => {
  await put('a.php', php('a'));
  c.forms['hearing-sheet'] = submitted('hearing-sheet', {
    copyHours: 'limited',
    copyFrom: '22:00',
    copyTo: '05:00',
  });
  const opened = scanForFixes(ports, scan, async () => {
    throw new Error('not now');
  });
  await expect(opened).rejects.toThrow(RetryAfterError);
  await expect(opened).rejects.toMatchObject({ retryAt: new Date('2026-11-24T13:00:00.000Z') });
});

test('why it stopped is kept for staff, and an error that is not written for them is not', async () => {
  const stop = (error: Error) =>
    scanForFixes(ports, scan, () => Promise.reject(error)).catch(() => undefined);
  await stop(new TransientError('応答がありません。'));
  expect(await readScanProblem(objects, 'HK-1', 1)).toBe('応答がありません。');
  await stop(new Error(`connect with ${secret}`));
  expect(await readScanProblem(objects, 'HK-1', 1)).not.toContain(secret);
});
