import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import { type PostgresqlServer, startPostgresql } from '../../servers/postgresql.ts';
import { moveKilled } from './move-killed.ts';
import { access, dumpOf, run } from './postgresql-source.ts';
import { chunksOf, jobFor, move } from './run-job.ts';

let source: PostgresqlServer;
let target: PostgresqlServer;
let number = 0;
let name: string;

beforeAll(async () => {
  // A commit that waits for no disk is lost when the server is killed: the longer, the surer a test sees it.
  [source, target] = await Promise.all([startPostgresql(), startPostgresql(['wal_writer_delay=10s'])]);
});

afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

beforeEach(async () => {
  name = `faults${++number}`;
  for (const server of [source, target]) await run(server, 'postgres', `CREATE DATABASE ${name}`);
  await run(
    source,
    name,
    `CREATE TABLE wide (id int PRIMARY KEY, t text); ALTER TABLE wide ALTER t SET STORAGE EXTERNAL; INSERT INTO wide SELECT g, repeat(md5(g::text), 300) FROM generate_series(1, 6000) g;
     CREATE TABLE keyless (t text); INSERT INTO keyless SELECT 'x' || g % 3 FROM generate_series(1, 2000) g; ANALYZE`,
  );
});

const jobOf = (more: Partial<DatabaseJob> = {}) => jobFor(access(source, name), access(target, name), more);

async function arrives(job: DatabaseJob): Promise<void> {
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(dumpOf(target, name)).toBe(dumpOf(source, name));
}

test('kill -9 at fifty moments: every row once', async () => {
  const tables = Array.from(
    { length: 150 },
    (_, index) =>
      `CREATE TABLE t${index} (id int PRIMARY KEY, t text); INSERT INTO t${index} SELECT g, md5(g::text) FROM generate_series(1, 300) g;`,
  );
  await run(source, name, tables.join(''));
  const job = await moveKilled(access(source, name), access(target, name));
  expect(await verifyDatabase(job)).toMatchObject({ more: false, unexplained: 0, skipped: 0 });
  expect(dumpOf(target, name)).toBe(dumpOf(source, name));
}, 600_000);

test('a server that is killed in the middle comes back, and so do we', async () => {
  const job = jobOf();
  const chunks = await chunksOf(job);
  for (const server of [target, source]) {
    const copying = copyDatabaseChunk(job, chunks[0]!).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.kill();
    const problem = await copying;
    if (problem instanceof Error) expect(problem.name).toBe('TransientError');
    await server.start();
  }
  await arrives(job);
});

test('what a call has made is there, although the target is killed as soon as it is over', async () => {
  const job = jobOf();
  await chunksOf(job);
  await target.kill();
  await target.start();
  await arrives(job);
  await target.kill();
  await target.start();
  expect(dumpOf(target, name)).toBe(dumpOf(source, name));
});

test('a right that is taken away in the middle stops the work with its name', async () => {
  await run(
    target,
    'postgres',
    `CREATE ROLE site_${name} LOGIN; ALTER DATABASE ${name} OWNER TO site_${name}`,
  );
  await run(target, name, `ALTER SCHEMA public OWNER TO site_${name}`);
  const job = jobOf({ target: { ...access(target, name), user: `site_${name}` } });
  const chunks = await chunksOf(job);
  await run(target, name, `ALTER TABLE wide OWNER TO postgres`);
  await expect(copyDatabaseChunk(job, chunks[0]!)).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('権限'),
  });
  await run(target, name, `ALTER TABLE wide OWNER TO site_${name}`);
  await arrives(job);
});

test('locks of others at the target are waited for and overcome', async () => {
  const job = jobOf();
  const chunks = await chunksOf(job);
  const held = run(
    target,
    name,
    'BEGIN; LOCK TABLE wide IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT',
  );
  await copyDatabaseChunk(job, chunks[0]!);
  await held;
  await arrives(job);
});

test('a deadlock at the target, of which we are the victim, is overcome', async () => {
  const job = jobOf({ options: { repairDoubleEncoding: [], connections: 1 } });
  const chunks = await chunksOf(job);
  const rival = new pg.Client({ host: target.host, port: target.port, user: target.user, database: name });
  await rival.connect();
  // Never the rival's own timer: the one that looks first is the one that ends.
  await rival.query("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE wide IN ACCESS EXCLUSIVE MODE");
  const copying = copyDatabaseChunk(job, chunks[0]!);
  const waiting = "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'wide'::regclass";
  while ((await run(target, name, waiting)).rows[0].n === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  // Granted only once our transaction, which has written its mark there, is ended by the server.
  await rival.query('LOCK TABLE hikkoshi_migration_marks.parts IN ACCESS EXCLUSIVE MODE');
  await rival.query('ROLLBACK');
  await rival.end();
  await copying;
  await arrives(job);
});

test('a full disk at the target is named, and the work goes on when there is room', async () => {
  const job = jobOf();
  const chunks = await chunksOf(job);
  const { rows } = await run(target, name, "SELECT pg_relation_filepath('wide') AS path");
  const file = join(target.folder, 'data', rows[0].path);
  // The kernel's own "no space left on device", for every write to this table.
  renameSync(file, `${file}.away`);
  symlinkSync('/dev/full', file);
  await expect(copyDatabaseChunk(job, chunks[0]!)).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('空き容量'),
  });
  unlinkSync(file);
  renameSync(`${file}.away`, file);
  await arrives(job);
});
