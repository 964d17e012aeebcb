import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import { createDatabaseTarget } from '../../../functions/migration/database/create-target.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { siteHosts } from '../../../functions/migration/database/mysql/create-target.ts';
import { MysqlEnd } from '../../../functions/migration/database/mysql/ends.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { MemoryVault } from '../memory-ports.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { copyAll, jobFor, ledgerOf, move, reportOf } from './run-job.ts';

let source: MariadbServer;
let target: MariadbServer;
let sql: Connection;
let there: Connection;
let number = 0;
let database: string;
let job: DatabaseJob;
const policy = { allowedAddresses: ['127.0.0.0/8'] };

/** A target on which names that differ in case alone are one. */
beforeAll(async () => {
  [source, target] = await Promise.all([startMariadb(), startMariadb(['--lower-case-table-names=1'])]);
  [sql, there] = [await session(source), await session(target)];
});

afterAll(async () => {
  await Promise.allSettled([sql?.end(), there?.end()]);
  await Promise.all([source?.stop(), target?.stop()]);
});

beforeEach(async () => {
  database = `db${++number}`;
  await sql.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4; USE ${database}`);
  await there.query(`CREATE DATABASE ${database}; USE ${database}`);
  job = jobFor(accessTo(source, database), accessTo(target, database));
});

const ledger = async () =>
  new Map(
    (await ledgerOf(job)).map(({ kind, name, outcome, how, why }) => [
      `${kind} ${name}`,
      { outcome, how, why },
    ]),
  );

test('names that are one at the target are found before a table is made: the first moves, the others are told', async () => {
  await sql.query(`CREATE TABLE Posts (id INT PRIMARY KEY, t VARCHAR(20)); INSERT INTO Posts VALUES (1, 'first');
    CREATE TABLE posts (id INT PRIMARY KEY); INSERT INTO posts VALUES (1), (2); CREATE TABLE Seen (n INT);
    CREATE VIEW Look AS SELECT id FROM Posts; CREATE VIEW look AS SELECT 1 AS other;
    CREATE TRIGGER first_in AFTER INSERT ON Posts FOR EACH ROW INSERT INTO Seen VALUES (1);
    CREATE TRIGGER second_in AFTER INSERT ON posts FOR EACH ROW INSERT INTO Seen VALUES (2)`);
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  const lines = await ledger();
  const skipped = [...lines].filter(([, { outcome }]) => outcome === 'skipped').map(([name]) => name);
  expect(skipped.sort()).toEqual(['table posts', 'trigger second_in', 'view look']);
  expect(lines.get('table posts')?.why).toMatch(/lower_case_table_names.*Posts と同じ名前/);
  expect(await query(there, 'SELECT * FROM posts')).toEqual([{ id: 1, t: 'first' }]);
  expect(await query(there, 'SELECT * FROM look')).toEqual([{ id: 1 }]);
  // A table of somebody else's is seen under whatever case.
  const next = jobFor(accessTo(source, database), accessTo(target, database));
  await expect(move(next)).rejects.toThrow('同じ名前のものが既にあります');
});

test('what other accounts may do is given to accounts of that name at the target, or told as a statement', async () => {
  await sql.query(`CREATE TABLE posts (id INT PRIMARY KEY, title VARCHAR(20), secret VARCHAR(20));
    CREATE USER report@'10.0.0.%'; GRANT SELECT (id, title), UPDATE (title) ON ${database}.posts TO report@'10.0.0.%'; GRANT DELETE ON ${database}.posts TO report@'10.0.0.%';
    CREATE USER batch@localhost; GRANT SELECT, INSERT ON ${database}.* TO batch@localhost; CREATE USER other@localhost; GRANT SELECT ON mysql.* TO other@localhost`);
  await there.query(`CREATE USER report@localhost; CREATE USER report@'192.0.2.%'`);
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 1 });
  const lines = await ledger();
  expect(lines.get('grant report@10.0.0.% posts')).toEqual({
    outcome: 'altered',
    how: 'ホスト 10.0.0.% → 192.0.2.%、localhost',
    why: undefined,
  });
  expect(lines.get('grant batch@localhost')?.why).toContain(
    `GRANT INSERT, SELECT ON \`${database}\`.* TO 'batch'@`,
  );
  expect([...lines.keys()].filter((name) => name.includes('other'))).toEqual([]);
  const columns = await query(
    there,
    `SELECT CONCAT(PRIVILEGE_TYPE, ' ', COLUMN_NAME) AS may FROM information_schema.COLUMN_PRIVILEGES WHERE GRANTEE LIKE '%report%localhost%' ORDER BY 1`,
  );
  expect(columns).toEqual([{ may: 'SELECT id' }, { may: 'SELECT title' }, { may: 'UPDATE title' }]);
  await there.query("DROP USER report@localhost, report@'192.0.2.%'");
  const again = { ...job, run: 2, previousRun: 1 };
  expect(await move(again)).toMatchObject({ unexplained: 0, skipped: 2 });
});

test('rights that the source has taken back since the rehearsal are told with the statement, until they are gone', async () => {
  await sql.query(`CREATE TABLE posts (id INT PRIMARY KEY, title VARCHAR(20));
    CREATE USER left_one@localhost; GRANT SELECT, INSERT ON ${database}.* TO left_one@localhost; GRANT UPDATE (id, title) ON ${database}.posts TO left_one@localhost`);
  // More than the source gave, from somebody else: nobody's business here.
  await there.query(`CREATE USER left_one@'%'; GRANT DELETE ON ${database}.* TO left_one@'%'`);
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  await sql.query(
    `REVOKE INSERT ON ${database}.* FROM left_one@localhost; REVOKE UPDATE (title) ON ${database}.posts FROM left_one@localhost`,
  );
  const withdrawn = async (run: number) => {
    const again = { ...job, run, previousRun: run - 1 };
    expect(await move(again)).toMatchObject({ unexplained: 0 });
    return (await ledgerOf(again)).filter(({ kind }) => kind === 'withdrawn grant');
  };
  const statements = (lines: { why?: string }[]) =>
    lines.map(({ why = '' }) => why.split('実行してください: ')[1]!);
  const expected = [
    `REVOKE INSERT ON \`${database}\`.* FROM 'left_one'@'%';`,
    `REVOKE UPDATE (\`id\`, \`title\`) ON \`${database}\`.\`posts\` FROM 'left_one'@'%'; GRANT UPDATE (\`id\`) ON \`${database}\`.\`posts\` TO 'left_one'@'%';`,
  ];
  expect(statements(await withdrawn(2))).toEqual(expected);
  const still = await withdrawn(3);
  expect(statements(still)).toEqual(expected);
  for (const statement of expected) await there.query(statement);
  expect(await withdrawn(4)).toEqual([]);
  expect(await query(there, `SHOW GRANTS FOR left_one@'%'`)).toHaveLength(3);
  await there.query("DROP USER left_one@'%'");
});

test('the new user may enter from where the site connects', async () => {
  const end = new MysqlEnd(accessTo(target, ''), '移行先', policy);
  const administrator = await end.connect();
  expect(await siteHosts(administrator, true)).toEqual(['localhost', '127.0.0.1', '::1']);
  expect(await siteHosts(administrator, false)).toEqual(['localhost', '%']);
  await end.close();
  const keep = { vault: new MemoryVault(), caseId: 'HK-TEST', name: 'made' };
  await createDatabaseTarget(accessTo(target, ''), { database: 'made', user: 'made' }, keep, policy);
  const hosts = await query(there, "SELECT Host AS host FROM mysql.user WHERE User = 'made' ORDER BY 1");
  expect(hosts).toEqual([{ host: '%' }, { host: 'localhost' }]);
});

test('a default draws from the sequence at the target; a collation that it has stays; rows that a check has not stopped arrive as they are', async () => {
  await sql.query(`CREATE SEQUENCE counter START WITH 100 NOCACHE; CREATE TABLE drawn (id INT DEFAULT NEXTVAL(counter), t INT);
    CREATE TABLE modern (t VARCHAR(10), u VARCHAR(10) COLLATE utf8mb4_uca1400_as_cs) COLLATE utf8mb4_uca1400_nopad_ai_ci;
    INSERT INTO drawn (t) VALUES (1); CREATE TABLE idle (n INT, CONSTRAINT positive CHECK (n > 0));
    SET check_constraint_checks = OFF; INSERT INTO idle VALUES (-1); SET check_constraint_checks = ON`);
  await there.query(`CREATE DATABASE moved_${database}; USE moved_${database}`);
  job = jobFor(accessTo(source, database), accessTo(target, `moved_${database}`));
  for (const run of [1, 2]) {
    const verified = await move({ ...job, run, ...(run > 1 && { previousRun: 1 }) });
    expect(verified).toMatchObject({ unexplained: 0, skipped: 0 });
  }
  expect((await ledger()).get('table modern')).toMatchObject({ outcome: 'moved', how: undefined });
  await there.query('INSERT INTO drawn (t) VALUES (2)');
  expect(await query(there, 'SELECT id FROM drawn ORDER BY id')).toEqual([{ id: 100 }, { id: 101 }]);
  expect(await query(there, 'SELECT n FROM idle')).toEqual([{ n: -1 }]);
});

test('a table whose definition changes between copy and verification stops alone', async () => {
  await sql.query(
    'CREATE TABLE one (id INT PRIMARY KEY); CREATE TABLE two (id INT PRIMARY KEY); INSERT INTO one VALUES (1); INSERT INTO two VALUES (1)',
  );
  await copyAll(job);
  await sql.query('ALTER TABLE one ADD COLUMN more INT');
  expect(await verifyDatabase(job)).toMatchObject({ more: false, unexplained: 1 });
  const [differing] = (await reportOf(job)).filter(({ result }) => result === 'differs');
  expect(differing?.remark).toMatch(/^one: .*定義が変更.*再実行/);
});
