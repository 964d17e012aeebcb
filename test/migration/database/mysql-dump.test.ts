import { execFileSync } from 'node:child_process';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DatabaseDump } from '../../../functions/case/database-access.ts';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { MemoryObjects } from '../memory-ports.ts';
import { accessTo, difficult, query, session, stored } from './mysql-source.ts';
import { chunksOf, jobFor, ledgerOf, move, reportOf, runningOut } from './run-job.ts';

let server: MariadbServer;
let dump: Buffer;
const key = 'temporary/HK-TEST/uploads/dump';

beforeAll(async () => {
  server = await startMariadb(['--log-bin-trust-function-creators=1']);
  const sql = await session(server);
  await sql.query('CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop');
  await sql.query(difficult(500));
  for (const statement of stored) await sql.query(statement);
  await sql.end();
  dump = dumpOf('shop');
});

afterAll(async () => {
  await server?.stop();
});

function dumpOf(database: string, ...options: string[]): Buffer {
  const own = [
    '--no-defaults',
    `--host=${server.host}`,
    `--port=${server.port}`,
    '--user=root',
    '--skip-dump-date',
  ];
  const all = ['--routines', '--events', '--triggers', '--default-character-set=utf8mb4'];
  return execFileSync('mariadb-dump', [...own, ...all, ...options, database], { maxBuffer: 1 << 28 });
}

/** An empty database and an account that reaches nothing else. */
async function account(database: string): Promise<ReturnType<typeof accessTo>> {
  const sql = await session(server);
  await sql.query(
    `CREATE DATABASE ${database}; CREATE USER ${database}@'%' IDENTIFIED BY 'pw'; GRANT ALL ON ${database}.* TO ${database}@'%'`,
  );
  await sql.end();
  return { ...accessTo(server, database), user: database, password: 'pw' };
}

async function jobOf(content: Buffer, database: string, compression: DatabaseDump['compression'] = 'none') {
  const objects = new MemoryObjects();
  await objects.put(key, content);
  return jobFor({ engine: 'mysql', dump: key, compression } as never, await account(database), { objects });
}

/** A zip archive with one file (APPNOTE.TXT 4.3). */
function zipped(content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30 + 8);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(8, 26);
  local.write('../x.sql', 30);
  const entry = Buffer.alloc(46 + 8);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(content.length, 24);
  entry.writeUInt16LE(8, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length + packed.length, 16);
  return Buffer.concat([local, packed, entry, end]);
}

const comparable = (text: Buffer) =>
  text
    .toString('latin1')
    .replaceAll(/DEFINER=`[^`]*`@`[^`]*`/g, 'DEFINER')
    .replaceAll(/^(--|\/\*M?!).*$/gm, '');

test.each(['none', 'gzip', 'zip'] as const)('a dump (%s) comes to the same database', async (compression) => {
  const packed = { none: dump, gzip: gzipSync(dump), zip: zipped(dump) }[compression];
  const job = await jobOf(packed, `by_${compression}`, compression);
  const verified = await move(job);
  expect((await reportOf(job)).filter(({ result }) => result !== 'altered')).toEqual([]);
  expect(verified).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(comparable(dumpOf(`by_${compression}`))).toBe(comparable(dump));
  const ledger = await ledgerOf(job);
  expect(ledger.find(({ kind, name }) => kind === 'rows' && name === 'posts')?.rows).toBe(502);
  expect(ledger.find(({ name }) => name === 'posts_in')?.how).toContain('DEFINER `gone`@`203.0.113.%`');
});

test('a replay that ran out of time goes on; one that died begins anew: no row twice', async () => {
  const job = await jobOf(dump, 'stepwise');
  await chunksOf(job);
  let calls = 0;
  let more = true;
  while (more && calls++ < 200) {
    let looks = 0;
    ({ more } = await copyDatabaseChunk({ ...job, remaining: () => (looks++ < 12 ? 600_000 : 0) }, 1));
    if (calls === 2) await killInTheMiddle(job);
  }
  expect(calls).toBeGreaterThan(3);
  const verified = await move(job);
  expect(verified).toMatchObject({ unexplained: 0 });
  expect(comparable(dumpOf('stepwise'))).toBe(comparable(dump));
});

async function killInTheMiddle(job: Awaited<ReturnType<typeof jobOf>>): Promise<void> {
  let looks = 0;
  const remaining = () => {
    if (looks++ === 20) throw new Error('died');
    return 600_000;
  };
  await expect(copyDatabaseChunk({ ...job, remaining }, 1)).rejects.toThrow();
}

test('rows of a transaction that the dump began are there when time runs short, and when it never ends', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => `INSERT INTO t VALUES (${index});`).join('\n');
  const job = await jobOf(Buffer.from(`CREATE TABLE t (a INT);\nSET autocommit = 0;\n${rows}`), 'unended');
  await chunksOf(job);
  let looks = 0;
  const short = { ...job, remaining: () => (looks++ < 20 ? 600_000 : 0) };
  expect(await copyDatabaseChunk(short, 1)).toEqual({ more: true });
  expect(await move(job)).toMatchObject({ unexplained: 0 });
});

test('a dump that is replayed twice at once comes to the same as once', async () => {
  const job = await jobOf(dump, 'twice');
  await chunksOf(job);
  const both = await Promise.allSettled([copyDatabaseChunk(job, 1), copyDatabaseChunk(job, 1)]);
  for (const one of both) if (one.status === 'rejected') expect(one.reason.name).toBe('TransientError');
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  expect(comparable(dumpOf('twice'))).toBe(comparable(dump));
});

test('a value that the target would change stops the replay with its table and column', async () => {
  const text =
    "SET NAMES utf8mb4; CREATE TABLE t (a INT, b TEXT CHARACTER SET latin1); INSERT INTO t VALUES (1, '髙');";
  const job = await jobOf(Buffer.from(text), 'lossy');
  await expect(move(job)).rejects.toThrow('テーブル t の列 b');
});

test('a dump that takes longer to read than a replay could go on with is refused at once', async () => {
  const job = await jobOf(dump, 'endless');
  await expect(chunksOf(runningOut(job))).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('移行先は変更していません'),
  });
  expect(await move(job)).toMatchObject({ unexplained: 0 });
});

test('events sleep until the cutover', async () => {
  const text =
    'CREATE TABLE t (a INT);\nCREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO t VALUES (1);';
  const job = await jobOf(Buffer.from(text), 'asleep');
  expect(await move(job)).toMatchObject({ unexplained: 0, altered: 1 });
  const sql = await session(server, 'asleep');
  const events = 'SELECT STATUS AS s FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()';
  expect(await query(sql, events)).toEqual([{ s: 'DISABLED' }]);
  await sql.end();
});

test('a database with nothing but a routine is not empty', async () => {
  const job = await jobOf(dump, 'lived_in');
  const sql = await session(server, 'lived_in');
  await sql.query('CREATE FUNCTION mine() RETURNS INT RETURN 1');
  await expect(move(job)).rejects.toThrow('空ではありません');
  await sql.end();
});

test('an account that could do more is not used at all', async () => {
  const job = await jobOf(dump, 'broad');
  const target = { ...accessTo(server, 'broad') };
  await expect(move({ ...job, target })).rejects.toThrow('権限が広すぎます');
  const sql = await session(server, 'broad');
  expect(await query(sql, 'SHOW TABLES')).toEqual([]);
  await sql.end();
});

test.each([
  ['psql', '\\! touch /tmp/hikkoshi-was-here'],
  ['other', 'CREATE TABLE t (a INT); USE mysql; INSERT INTO t VALUES (1);'],
  ['file', "CREATE TABLE t (a TEXT); INSERT INTO t VALUES (LOAD_FILE('/etc/passwd'));"],
  ['quotes', "CREATE TABLE t (a TEXT); SET sql_mode = CONCAT('ANSI', '_QUOTES'); INSERT INTO t VALUES (1);"],
])('nothing of a hostile dump runs (%s)', async (name, text) => {
  const job = await jobOf(Buffer.from(text), `hostile_${name}`);
  await expect(move(job)).rejects.toThrow();
  const sql = await session(server, `hostile_${name}`);
  expect(await query(sql, 'SHOW TABLES')).toEqual([]);
  await sql.end();
});

test('a small file that unpacks without end is stopped', async () => {
  const line = Buffer.from(`INSERT INTO t VALUES ('${'a'.repeat(1 << 20)}');\n`);
  const bomb = gzipSync(
    Buffer.concat([Buffer.from('CREATE TABLE t (a LONGTEXT);'), ...Array(100).fill(line)]),
  );
  const job = await jobOf(bomb, 'bomb', 'gzip');
  await expect(move(job)).rejects.toThrow('展開後の大きさ');
});
