import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Ports } from '../../functions/case/ports.ts';
import { takeDumps } from '../../local/dump-folder.ts';
import { MemoryObjects } from '../migration/memory-ports.ts';

let folder: string;
const id = 'HK-7K3M-Q2TB';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hikkoshi-dumps-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function drop(directory: string, name: string, age = 60): void {
  mkdirSync(join(folder, directory), { recursive: true });
  const path = join(folder, directory, name);
  writeFileSync(path, 'CREATE TABLE t (n int);');
  const at = Date.now() / 1000 - age;
  utimesSync(path, at, at);
}

test('a dump goes to its case’s copies and leaves the folder; anything else stays', async () => {
  const objects = new MemoryObjects();
  const records = { load: async (caseId: string) => (caseId === id ? {} : undefined) };
  drop('hk-7k3m-q2tb', 'shop.sql.gz');
  // Its time is ahead of the clock: however slow the machine is, it has changed just now.
  drop(id, 'still-being-copied.sql', -3_600);
  drop(id, '店.sql');
  drop('HK-2222-2222', 'nobody.sql');
  expect(await takeDumps({ objects, records } as unknown as Ports, folder)).toBe(1);
  const keys: string[] = [];
  for await (const { key } of objects.list('temporary/')) keys.push(key);
  expect(keys).toEqual([`temporary/${id}/uploads/shop.sql.gz`]);
  expect(readdirSync(join(folder, 'hk-7k3m-q2tb'))).toEqual([]);
  expect(readdirSync(join(folder, id)).sort()).toEqual(['still-being-copied.sql', '店.sql']);
  expect(readdirSync(join(folder, 'HK-2222-2222'))).toEqual(['nobody.sql']);
});
