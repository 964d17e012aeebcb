import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { chunksOf, copyAll, jobFor, ledgerOf, move, reportOf } from './run-job.ts';

let server: MariadbServer;
let sql: Connection;
let job: DatabaseJob;
let number = 0;

beforeAll(async () => {
  server = await startMariadb();
  sql = await session(server);
});

afterAll(async () => {
  await sql?.end();
  await server?.stop();
});

/** Two databases of one server: a source with wide rows, so that it is cut into ranges, and an empty target. */
beforeEach(async () => {
  number++;
  const [from, to] = [`from${number}`, `to${number}`];
  await sql.query(`CREATE DATABASE ${from} CHARACTER SET utf8mb4; CREATE DATABASE ${to}; USE ${from}`);
  await sql.query(`CREATE TABLE wide (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, t TEXT, n INT) ENGINE=InnoDB;
    INSERT INTO wide SELECT seq, REPEAT(MD5(seq), 420), seq FROM seq_1_to_5000;
    CREATE TABLE small (id INT PRIMARY KEY, t VARCHAR(50)); INSERT INTO small VALUES (1, 'あ'), (2, 'い');
    CREATE TABLE keyless (t VARCHAR(20)); INSERT INTO keyless VALUES ('x'), ('x'), ('y');
    CREATE TABLE seen (n INT);
    CREATE TRIGGER small_in AFTER INSERT ON small FOR EACH ROW INSERT INTO seen VALUES (NEW.id);
    CREATE TRIGGER wide_out AFTER DELETE ON wide FOR EACH ROW INSERT INTO seen VALUES (OLD.id);
    ANALYZE TABLE wide;`);
  job = jobFor(accessTo(server, from), accessTo(server, to));
});

async function same(table: string): Promise<boolean> {
  const rows = await query(
    sql,
    `SELECT (SELECT GROUP_CONCAT(CRC32(CONCAT_WS(',', a.t)) ORDER BY 1) FROM from${number}.${table} a) <=> (SELECT GROUP_CONCAT(CRC32(CONCAT_WS(',', b.t)) ORDER BY 1) FROM to${number}.${table} b) AS same`,
  );
  return rows[0]!.same === 1;
}

test('a second run moves what changed and nothing else, deletions too, and triggers do not fire', async () => {
  await move(job);
  await sql.query(`UPDATE wide SET t = 'changed' WHERE id = 2500; DELETE FROM wide WHERE id = 2501; INSERT INTO wide (id, t) VALUES (5002, 'new');
    DELETE FROM small WHERE id = 1; INSERT INTO keyless VALUES ('x'); DELETE FROM seen`);
  const again = { ...job, run: 2, previousRun: 1 };
  const verified = await move(again);
  expect(verified).toMatchObject({ unexplained: 0, skipped: 0 });
  const rows = (await ledgerOf(again)).filter(({ kind }) => kind === 'rows');
  const moved = rows.filter(({ outcome }) => outcome === 'moved');
  expect(moved.length).toBeLessThan(rows.length);
  expect(moved.some(({ name }) => name === 'wide')).toBe(true);
  expect(rows.some(({ name, outcome }) => name === 'wide' && outcome === 'unchanged')).toBe(true);
  for (const table of ['wide', 'small', 'keyless']) expect(await same(table)).toBe(true);
  expect(await query(sql, `SELECT COUNT(*) AS n FROM to${number}.seen`)).toEqual([{ n: '0' }]);
  const [trigger] = await query(
    sql,
    `SELECT COUNT(*) AS n FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'to${number}'`,
  );
  expect(trigger).toEqual({ n: '2' });
  const third = { ...job, run: 3, previousRun: 2 };
  expect(await move(third)).toMatchObject({ unexplained: 0, moved: 0, altered: 2 });
});

test('a table that is made again in a call that dies is ours in the next one', async () => {
  await move(job);
  await sql.query('ALTER TABLE small ADD COLUMN more INT DEFAULT 7');
  const again = { ...job, run: 2, previousRun: 1 };
  const put = again.objects.put.bind(again.objects);
  again.objects.put = async (key, body) => {
    if (key.includes('/chunks/')) throw new Error('the machine went');
    await put(key, body);
  };
  await expect(chunksOf(again)).rejects.toThrow('the machine went');
  again.objects.put = put;
  expect(await move(again)).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(await same('small')).toBe(true);
  // What people change afterwards is theirs again, in a run that is taken up again too.
  await sql.query(`ALTER TABLE to${number}.small ADD COLUMN ours INT`);
  expect(await move({ ...job, run: 3, previousRun: 2 })).toMatchObject({ skipped: 1 });
});

test('a definition that changed since is made again; one that somebody changed at the target is left alone', async () => {
  await move(job);
  await sql.query(
    `ALTER TABLE small ADD COLUMN more INT DEFAULT 7; ALTER TABLE to${number}.keyless ADD COLUMN ours INT`,
  );
  const again = { ...job, run: 2, previousRun: 1 };
  await move(again);
  const ledger = await ledgerOf(again);
  expect(ledger.find(({ path }) => path === './tables/small')?.how).toContain('作り直し');
  expect(ledger.find(({ path }) => path === './tables/keyless')).toMatchObject({ outcome: 'skipped' });
  expect(await query(sql, `SELECT more FROM to${number}.small WHERE id = 1`)).toEqual([{ more: 7 }]);
});

test('a table that changes during the move is named and stops alone', async () => {
  const chunks = await chunksOf(job);
  await sql.query('ALTER TABLE small ADD COLUMN more INT');
  for (const chunk of chunks) await copyDatabaseChunk(job, chunk);
  const verified = await verifyDatabase(job);
  expect(verified).toMatchObject({ more: false, unexplained: 0, skipped: 1 });
  const stopped = (await ledgerOf(job)).filter(({ outcome }) => outcome === 'skipped');
  expect(stopped.map(({ name, why }) => [name, why?.includes('定義が変更')])).toEqual([['small', true]]);
  expect(await same('wide')).toBe(true);
});

test('what the source wrote after the copy is told apart from what was damaged at the target', async () => {
  await copyAll(job);
  await sql.query('UPDATE wide SET n = -1 WHERE id = 17');
  await sql.query(
    `UPDATE to${number}.wide SET t = CONCAT(t, '!'), n = NULL WHERE id = 4321; UPDATE to${number}.wide SET t = REVERSE(t) WHERE id = 4400;
     DELETE FROM to${number}.wide WHERE id = 4500; DELETE FROM to${number}.small WHERE id = 2; UPDATE to${number}.keyless SET t = '?' WHERE t = 'y'`,
  );
  const verified = await verifyDatabase(job);
  expect(verified).toMatchObject({ more: false, unexplained: 3 });
  const report = await reportOf(job);
  expect(report.find(({ result }) => result === 'changed-at-source')?.remark).toContain('wide id');
  expect((await readSummary(job.objects, job))?.remarks).toEqual([
    expect.stringContaining('変更または削除されたものが1件'),
  ]);
  const damaged = report.filter(({ result }) => result === 'differs').map(({ remark }) => remark);
  expect(damaged.sort()).toEqual([
    'keyless 全行: 列 t(最小値、最大値)',
    'small id 2–2: 移行元1行、移行先0行',
    'wide id 4321–4321: 列 t(文字数 移行元13440・移行先13441)、n(NULL 移行元0・移行先1、最小値、最大値)、' +
      'wide id 4400–4400: 列 t(最小値、最大値)、wide id 4500–4500: 移行元1行、移行先0行',
  ]);
});

test('a chunk run twice at once has the same end as once', async () => {
  const chunks = await chunksOf(job);
  const both = await Promise.allSettled([
    copyDatabaseChunk(job, chunks[0]!),
    copyDatabaseChunk(job, chunks[0]!),
  ]);
  for (const one of both) if (one.status === 'rejected') expect(one.reason.name).toBe('TransientError');
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  for (const table of ['wide', 'small', 'keyless']) expect(await same(table)).toBe(true);
});

test('what stands at the target already is not touched', async () => {
  await sql.query(`CREATE TABLE to${number}.small (mine INT); INSERT INTO to${number}.small VALUES (42)`);
  await expect(move(job)).rejects.toThrow('同じ名前のものが既にあります');
  expect(await query(sql, `SELECT mine FROM to${number}.small`)).toEqual([{ mine: 42 }]);
});

test('calls with little time do a little each', async () => {
  const chunks = await chunksOf(job);
  let calls = 0;
  for (let more = true; more; calls++) {
    let looks = 0;
    const remaining = () => (looks++ < 4 ? 600_000 : 0);
    ({ more } = await copyDatabaseChunk(
      { ...job, remaining, options: { ...job.options, connections: 1 } },
      chunks[0]!,
    ));
    if (calls > 60) throw new Error('No end of calls.');
  }
  expect(calls).toBeGreaterThan(1);
  expect(await move(job)).toMatchObject({ unexplained: 0 });
});
