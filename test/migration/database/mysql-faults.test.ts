import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { moveKilled } from './move-killed.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { chunksOf, jobFor, move } from './run-job.ts';

let source: MariadbServer;
let target: MariadbServer;
let proxies: { source: FaultProxy; target: FaultProxy };
let sql: Connection;
let there: Connection;
let number = 0;
let database: string;

beforeAll(async () => {
  [source, target] = await Promise.all([startMariadb(), startMariadb()]);
  proxies = { source: await startFaultProxy(source.port), target: await startFaultProxy(target.port) };
  [sql, there] = [await session(source), await session(target)];
});

afterAll(async () => {
  await Promise.allSettled([sql?.end(), there?.end()]);
  await Promise.all([proxies?.source.stop(), proxies?.target.stop()]);
  await Promise.all([source?.stop(), target?.stop()]);
});

beforeEach(async () => {
  database = `faults${++number}`;
  await sql.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4; USE ${database};
    CREATE TABLE wide (id INT PRIMARY KEY, t TEXT, n INT, KEY n (n)); INSERT INTO wide SELECT seq, REPEAT(MD5(seq), 100), seq FROM seq_1_to_4000;
    CREATE TABLE old (id INT NOT NULL PRIMARY KEY, t VARCHAR(60)) ENGINE=MyISAM; INSERT INTO old SELECT seq, CONCAT('行', seq) FROM seq_1_to_3000;
    CREATE TABLE keyless (t VARCHAR(60)); INSERT INTO keyless SELECT CONCAT('同じ', seq MOD 3) FROM seq_1_to_2000`);
  await there.query(`CREATE DATABASE ${database}`);
});

/** Through the proxies. */
function faultyJob(more: Partial<DatabaseJob> = {}): DatabaseJob {
  return jobFor(
    { ...accessTo(source, database), port: proxies.source.port },
    { ...accessTo(target, database), port: proxies.target.port },
    more,
  );
}

function dumpOf({ port }: MariadbServer): string {
  const options = [
    '--no-defaults',
    '-h127.0.0.1',
    `-P${port}`,
    '-uroot',
    '--skip-dump-date',
    '--order-by-primary',
    '--compact',
    '--max-allowed-packet=512M',
  ];
  return execFileSync('mariadb-dump', [...options, database], { maxBuffer: 1 << 29 }).toString();
}

/** As the workflow does: what is transient is tried again. */
async function persistently<T>(work: () => Promise<T>, tries = 2000): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if ((error as Error).name !== 'TransientError' || attempt === tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

async function arrives(job: DatabaseJob): Promise<void> {
  expect(await persistently(() => move(job))).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(dumpOf(target)).toBe(dumpOf(source));
}

test.each(['reset', 'close'] as const)(
  'connections to the source that break (%s) lose nothing',
  async (kind) => {
    const job = faultyJob({ options: { repairDoubleEncoding: [], connections: 2 } });
    const chunks = await chunksOf(job);
    for (const after of [100, 5_000, 300_000, 2_000_000, 9_000_000]) {
      proxies.source.faults.push(undefined, { kind, after }, { kind, after: after * 2 });
      await copyDatabaseChunk(job, chunks[0]!).catch((error) => expect(error.name).toBe('TransientError'));
      proxies.source.faults.length = 0;
    }
    await arrives(job);
  },
);

test.each(['reset', 'close'] as const)(
  'connections to the target that break (%s) duplicate nothing',
  async (kind) => {
    const job = faultyJob({ options: { repairDoubleEncoding: [], connections: 2 } });
    const chunks = await chunksOf(job);
    for (const after of [300, 900, 1_500, 2_000, 2_400, 3_000]) {
      proxies.target.faults.push(undefined, { kind, after }, { kind, after: after + 150 }, { kind, after });
      await copyDatabaseChunk(job, chunks[0]!).catch((error) => expect(error.name).toBe('TransientError'));
      proxies.target.faults.length = 0;
    }
    await arrives(job);
  },
);

test('a server that is killed in the middle comes back, and so do we', async () => {
  const job = faultyJob();
  const chunks = await chunksOf(job);
  for (const server of [target, source]) {
    const copying = copyDatabaseChunk(job, chunks[0]!).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await server.kill();
    const problem = await copying;
    if (problem instanceof Error) expect(problem.name).toBe('TransientError');
    await server.start();
  }
  [sql, there] = [await session(source), await session(target)];
  await arrives(job);
});

test('kill -9 at fifty moments: every row once', async () => {
  const tables = Array.from(
    { length: 150 },
    (_, index) =>
      `CREATE TABLE t${index} (id INT PRIMARY KEY, t VARCHAR(200)) ENGINE=${index % 3 ? 'InnoDB' : 'MyISAM'}; INSERT INTO t${index} SELECT seq, MD5(seq) FROM seq_1_to_300;`,
  );
  await sql.query(tables.join(''));
  const job = await moveKilled(accessTo(source, database), accessTo(target, database));
  expect(await verifyDatabase(job)).toMatchObject({ more: false, unexplained: 0, skipped: 0 });
  expect(dumpOf(target)).toBe(dumpOf(source));
}, 600_000);

test('locks of others at the target are waited for and overcome', async () => {
  const job = faultyJob();
  const chunks = await chunksOf(job);
  await there.query(
    `USE ${database}; INSERT INTO wide VALUES (1, 'left over', 0); SET autocommit = 0; UPDATE wide SET n = 1 WHERE id = 1`,
  );
  const copying = copyDatabaseChunk(job, chunks[0]!);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await there.query('ROLLBACK; SET autocommit = 1');
  await copying;
  await arrives(job);
});

test('a right that is taken away in the middle stops the work with its name', async () => {
  await there.query(`CREATE USER site@'%'; GRANT ALL ON ${database}.* TO site@'%'`);
  const base = faultyJob();
  const job = { ...base, target: { ...base.target, user: 'site' } };
  const chunks = await chunksOf(job);
  await there.query(`REVOKE INSERT ON ${database}.* FROM site@'%'`);
  await expect(copyDatabaseChunk(job, chunks[0]!)).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('権限'),
  });
  await there.query(`GRANT INSERT ON ${database}.* TO site@'%'`);
  await arrives(job);
});

test('long values pass where max_allowed_packet is small, in bounded memory', async () => {
  await sql.query(`USE ${database}; CREATE TABLE huge (id INT PRIMARY KEY, b LONGBLOB, t LONGTEXT);
    INSERT INTO huge VALUES (1, REPEAT(UNHEX('00095C0AFF'), 13421772), REPEAT('長い', 1000000)), (2, REPEAT('x', 67108864), NULL)`);
  await there.query('SET GLOBAL max_allowed_packet = 1048576');
  const verified = await persistently(() => move(faultyJob()));
  await there.query('SET GLOBAL max_allowed_packet = 268435456');
  expect(verified).toMatchObject({ unexplained: 0, skipped: 0 });
  // The peer needs the larger packets that we do not.
  expect(dumpOf(target)).toBe(dumpOf(source));
  const rows = await query(there, `SELECT LENGTH(b) AS n FROM ${database}.huge ORDER BY id`);
  expect(rows.map(({ n }) => Number(n))).toEqual([67_108_860, 67_108_864]);
});

test('rows go many in a command, and from a long one on as LOAD DATA, in one part', async () => {
  await sql.query(`USE ${database}; CREATE TABLE mixed (id INT PRIMARY KEY, b LONGBLOB, t VARCHAR(20));
    INSERT INTO mixed SELECT seq, REPEAT(UNHEX('00095C0AFF'), IF(seq = 2000, 700000, 60)), IF(seq MOD 3, seq, NULL) FROM seq_1_to_4000`);
  const commands = async () => {
    const [row] = await query(
      there,
      "SELECT VARIABLE_VALUE AS n FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'COM_STMT_EXECUTE'",
    );
    return Number(row?.n);
  };
  const before = await commands();
  expect(await persistently(() => move(faultyJob()))).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(await commands()).toBeGreaterThan(before);
  expect(dumpOf(target)).toBe(dumpOf(source));
});

test('a full disk at the target is named, and the work goes on when there is room', async () => {
  const full = await startMariadb([
    '--innodb-data-file-path=ibdata1:12M:autoextend:max:48M',
    '--innodb-file-per-table=0',
    '--innodb-undo-tablespaces=0',
  ]);
  const local = await session(full);
  await local.query(`CREATE DATABASE ${database}; CREATE DATABASE filler; USE filler; CREATE TABLE filler (b LONGBLOB);
    INSERT INTO filler SELECT REPEAT('x', 1048576) FROM mysql.help_topic LIMIT 24`);
  const job = jobFor(accessTo(source, database), accessTo(full, database));
  const chunks = await chunksOf(job);
  await expect(copyDatabaseChunk(job, chunks[0]!)).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('空き容量'),
  });
  await local.query('DROP DATABASE filler');
  // InnoDB gives the room free in its own time.
  const inTheEnd = async (): Promise<unknown> => {
    try {
      return await persistently(() => move(job));
    } catch (error) {
      if (!(error as Error).message.includes('空き容量')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return inTheEnd();
    }
  };
  expect(await inTheEnd()).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(dumpOf(full)).toBe(dumpOf(source));
  await local.end();
  await full.stop();
});

test('a deadlock at the target, of which we are the victim, is overcome', async () => {
  const job = faultyJob();
  const chunks = await chunksOf(job);
  // A rival with more to undo than we have: InnoDB ends the lighter of the two.
  await there.query(`USE ${database}; CREATE TABLE heavy (n INT); INSERT INTO wide SELECT seq, 'left over', 0 FROM seq_1_to_50;
    START TRANSACTION; INSERT INTO heavy SELECT seq FROM seq_1_to_20000; UPDATE wide SET n = 1 WHERE id = 50`);
  const watch = await session(target);
  const copying = copyDatabaseChunk(job, chunks[0]!);
  const waiting = "SELECT COUNT(*) AS n FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'";
  // InnoDB renews that table only when nobody has read it for 100 ms.
  do await new Promise((resolve) => setTimeout(resolve, 300));
  while ((await query(watch, waiting))[0]!.n === '0');
  const deadlocks = async () =>
    Number((await query(watch, "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'"))[0]!.Value);
  const before = await deadlocks();
  await there.query('UPDATE wide SET n = 1 WHERE id = 1');
  expect(await deadlocks()).toBe(before + 1);
  await there.query('ROLLBACK; DROP TABLE heavy');
  await copying;
  await watch.end();
  await arrives(job);
});
