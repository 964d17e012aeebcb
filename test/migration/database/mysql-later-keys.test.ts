import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import * as keys from '../../../functions/migration/keys.ts';
import { readPlan } from '../../../functions/migration/plan-chunks.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { chunksOf, copyAll, jobFor, ledgerOf, move } from './run-job.ts';

let source: MariadbServer;
let target: MariadbServer;
let sql: Connection;
let there: Connection;
let number = 0;
let database: string;

beforeAll(async () => {
  [source, target] = await Promise.all([startMariadb(), startMariadb()]);
  [sql, there] = [await session(source), await session(target)];
});

afterAll(async () => {
  await Promise.allSettled([sql?.end(), there?.end()]);
  await Promise.all([source?.stop(), target?.stop()]);
});

beforeEach(async () => {
  database = `keys${++number}`;
  await sql.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4; USE ${database}`);
  await there.query(`CREATE DATABASE ${database}; USE ${database}`);
});

/** Large enough for its keys to be put off. */
async function makeLarge(name: string, definitions: string): Promise<void> {
  await sql.query(`CREATE TABLE ${name} (id INT NOT NULL, n INT, w VARCHAR(40), t TEXT, ${definitions});
    INSERT INTO ${name} (id, n, w, t) SELECT seq, seq * 7919 MOD 1009, MD5(seq), REPEAT(MD5(seq), 100) FROM seq_1_to_6000;
    ANALYZE TABLE ${name}`);
}

const plain =
  "PRIMARY KEY (id), UNIQUE KEY u (w, id), KEY `変な``), 鍵` (n, w(3)) COMMENT 'a, (b)', KEY n (n DESC)";

async function keysAt(name: string): Promise<string[]> {
  const rows = await query(there, `SHOW KEYS FROM ${name}`);
  return [...new Set(rows.map((row) => String(row.Key_name)))];
}

function job(more: Partial<DatabaseJob> = {}): DatabaseJob {
  return jobFor(accessTo(source, database), accessTo(target, database), more);
}

function dumpOf({ port }: MariadbServer): string {
  const options = ['--no-defaults', '-h127.0.0.1', `-P${port}`, '-uroot', '--order-by-primary', '--compact'];
  return execFileSync('mariadb-dump', [...options, database], { maxBuffer: 1 << 29 }).toString();
}

test('plain keys come after the rows, and are what they were', async () => {
  await makeLarge('plain', plain);
  await sql.query('CREATE TABLE small (id INT PRIMARY KEY, n INT, KEY n (n))');
  const moved = job();
  await copyAll(moved);
  expect(await keysAt('plain')).toEqual(['PRIMARY', 'u']);
  expect(await keysAt('small')).toEqual(['PRIMARY', 'n']);
  expect(await verifyDatabase(moved)).toMatchObject({ more: false, unexplained: 0, skipped: 0 });
  expect(dumpOf(target)).toBe(dumpOf(source));
  expect((await ledgerOf(moved)).filter((line) => 'later' in line)).toEqual([]);
  // The next run finds the table as it left it.
  const again = { ...moved, run: 2, previousRun: 1 };
  expect(await move(again)).toMatchObject({ unexplained: 0, skipped: 0, moved: 0 });
});

test('keys stay where rows need them', async () => {
  await makeLarge('parent', 'PRIMARY KEY (id), KEY n (n)');
  await makeLarge('child', 'PRIMARY KEY (id), KEY n (n), CONSTRAINT c FOREIGN KEY (n) REFERENCES parent (n)');
  await makeLarge('words', 'PRIMARY KEY (id), KEY n (n), FULLTEXT KEY w (w)');
  await makeLarge('counted', 'c INT NOT NULL AUTO_INCREMENT, UNIQUE KEY (id), KEY c (c)');
  await makeLarge('computed', 'twice INT AS (n * 2) VIRTUAL, PRIMARY KEY (id), KEY twice (twice)');
  await chunksOf(job());
  expect(await keysAt('parent')).toEqual(['PRIMARY', 'n']);
  expect(await keysAt('child')).toEqual(['PRIMARY', 'n']);
  expect(await keysAt('words')).toEqual(['PRIMARY', 'n', 'w']);
  expect(await keysAt('counted')).toEqual(['id', 'c']);
  expect(await keysAt('computed')).toEqual(['PRIMARY', 'twice']);
});

test('a call that ends after the keys and before its record goes on', async () => {
  await makeLarge('plain', plain);
  const moved = job();
  await copyAll(moved);
  const record = keys.ledgerPart(moved, (await readPlan(moved))!.id, 0, 0);
  const put = moved.objects.put.bind(moved.objects);
  moved.objects.put = async (key, body) => {
    if (key === record) throw new Error('the machine went');
    await put(key, body);
  };
  await expect(verifyDatabase(moved)).rejects.toThrow('the machine went');
  expect(await keysAt('plain')).toEqual(['PRIMARY', 'u', '変な`), 鍵', 'n']);
  moved.objects.put = put;
  expect(await verifyDatabase(moved)).toMatchObject({ more: false, unexplained: 0, skipped: 0 });
  expect(dumpOf(target)).toBe(dumpOf(source));
});

test('where time is too short for a table its keys are left to the next call', async () => {
  await makeLarge('plain', plain);
  const moved = job();
  await copyAll(moved);
  expect(await verifyDatabase({ ...moved, remaining: () => 20_100 })).toMatchObject({ more: true });
  expect(await keysAt('plain')).toEqual(['PRIMARY', 'u']);
  expect(await verifyDatabase(moved)).toMatchObject({ more: false, unexplained: 0, skipped: 0 });
  expect(dumpOf(target)).toBe(dumpOf(source));
});

test('a server without room to sort makes them row by row', async () => {
  // Longer than the server sorts without a file.
  await makeLarge('plain', 'PRIMARY KEY (id), KEY n (n), KEY t (t(500))');
  const moved = job();
  await copyAll(moved);
  const folder = join(tmpdir(), `no-room-${process.pid}`);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  await there.query(`SET GLOBAL innodb_tmpdir = '${folder}'`).finally(() => rmdirSync(folder));
  try {
    await expect(there.query('SET SESSION innodb_tmpdir = @@GLOBAL.innodb_tmpdir')).rejects.toThrow();
    expect(await verifyDatabase(moved)).toMatchObject({ more: false, unexplained: 0, skipped: 0 });
  } finally {
    await there.query('SET GLOBAL innodb_tmpdir = NULL');
  }
  expect(dumpOf(target)).toBe(dumpOf(source));
});
