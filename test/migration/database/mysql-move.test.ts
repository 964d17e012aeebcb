import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { accessTo, difficult, query, session, stored } from './mysql-source.ts';
import { jobFor, ledgerOf, move, reportOf } from './run-job.ts';

let source: MariadbServer;
let target: MariadbServer;

beforeAll(async () => {
  [source, target] = await Promise.all([startMariadb(), startMariadb()]);
  const sql = await session(source);
  await sql.query('CREATE DATABASE `店` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; USE `店`');
  await sql.query(difficult(3000));
  for (const statement of stored) await sql.query(statement);
  await sql.query("INSERT INTO audit VALUES (1, 'before')");
  await sql.end();
  const there = await session(target);
  await there.query('CREATE DATABASE moved');
  await there.end();
});

afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

/** A peer that knows nothing of ours: the tables as mariadb-dump writes them. */
function dumpOf(server: MariadbServer, database: string): string {
  const text = execFileSync(
    'mariadb-dump',
    [
      '--no-defaults',
      `--host=${server.host}`,
      `--port=${server.port}`,
      '--user=root',
      '--hex-blob',
      '--skip-dump-date',
      '--skip-triggers',
      '--order-by-primary',
      '--skip-extended-insert',
      '--default-character-set=utf8mb4',
      database,
    ],
    { maxBuffer: 256 * 1024 * 1024 },
  ).toString();
  return text.replaceAll(/^-- .*$/gm, '').replaceAll(/DEFINER=`[^`]*`@`[^`]*`/g, 'DEFINER');
}

test('everything arrives: rows, definitions, counters, whatever stands on them', async () => {
  const job = jobFor(accessTo(source, '店'), accessTo(target, 'moved'));
  const verified = await move(job);
  const report = await reportOf(job);
  expect(report.filter(({ result }) => result !== 'altered')).toEqual([]);
  expect(verified).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(dumpOf(target, 'moved')).toBe(dumpOf(source, '店'));
  const ledger = await ledgerOf(job);
  const altered = ledger
    .filter(({ outcome }) => outcome === 'altered')
    .map(({ name, how }) => `${name}: ${how}`);
  expect(altered.some((text) => text.includes('posts_in: DEFINER `gone`@`203.0.113.%`'))).toBe(true);
  expect(altered.some((text) => text.includes('nightly') && text.includes('DISABLE'))).toBe(true);
  const there = await session(target, 'moved');
  const [counter] = await query(there, 'SELECT NEXTVAL(counter) AS next');
  expect(String(counter!.next)).toBe('1100');
  await there.query("INSERT INTO old (t) VALUES ('next')");
  expect(await query(there, "SELECT id FROM old WHERE t = 'next'")).toEqual([{ id: 50 }]);
  expect(await query(there, 'SELECT 税込(100) AS n')).toEqual([{ n: 110 }]);
  await there.end();
});
