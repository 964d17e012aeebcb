import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../../functions/migration/database/dump/mysql-policy.ts';
import {
  type DumpStatement,
  MysqlSplitter,
} from '../../../functions/migration/database/dump/mysql-splitter.ts';
import { rowsIn } from '../../../functions/migration/database/dump/scan-mysql-dump.ts';

async function* pieces(text: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
}

async function split(text: string | Buffer, size = 65_536, prepare?: (splitter: MysqlSplitter) => void) {
  const splitter = new MysqlSplitter();
  prepare?.(splitter);
  const found: DumpStatement[] = [];
  for await (const statement of splitter.statements(pieces(Buffer.from(text), size))) found.push(statement);
  return found;
}

const texts = async (text: string, size?: number) =>
  (await split(text, size)).map(({ bytes }) => bytes.toString().trim());

/** A statement with everything in it that could be taken for its end. */
const quoted = fc.oneof(
  fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`),
  fc.string({ maxLength: 12 }).map((text) => `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`),
  fc.string({ maxLength: 12 }).map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`),
  fc.string({ maxLength: 12 }).map((text) => `\`${text.replaceAll('`', '``')}\``),
  fc.string({ maxLength: 12 }).map((text) => `/* ${text.replaceAll('*/', '')} ; ' */`),
  fc.constantFrom(
    "';'",
    '";"',
    '`;`',
    '/*!50003 SET @a = 1 */',
    '-- ; it is\n',
    "# ; don't\n",
    '1-- 2\n',
    '(1, (2))',
    "'\\\\'",
    "''''",
  ),
);
const statement = fc.array(quoted, { maxLength: 8 }).map((parts) => `INSERT ${parts.join(' ')} x`);

test('any statements come back as they were, wherever the pieces are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      async (all, size) => {
        expect(await texts(all.join(';\n'), size)).toEqual(all.map((one) => one.trim()));
      },
    ),
    { numRuns: 300 },
  );
});

test('what is in quotes or in a plain comment is never a word, what a server executes always is', async () => {
  await fc.assert(
    fc.asyncProperty(statement, fc.integer({ min: 1, max: 40 }), async (text, size) => {
      const [found] = await split(`${text} /*!50000LOAD_FILE*/ 1e5UNION`, size);
      const words = [...found!.words].filter((word) => /^(LOAD_FILE|UNION)$/.test(word));
      expect(words).toEqual(['LOAD_FILE', 'UNION']);
    }),
    { numRuns: 200 },
  );
});

test('a delimiter is the client’s, and only where a statement begins', async () => {
  const body =
    'CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN SET @x = 1; SET @y = "DELIMITER ;"; END';
  for (const size of [1, 3, 7, 1000]) {
    expect(await texts(`SELECT 1;\nDELIMITER ;;\n${body} ;;\ndelimiter ;\nSELECT 2;`, size)).toEqual([
      'SELECT 1',
      body,
      'SELECT 2',
    ]);
  }
});

test.each(['$$', 'go', '//', '$'])(
  'a word ends where the delimiter %s begins, and none of it is lost to the policy',
  async (delimiter) => {
    const long = 'X'.repeat(400);
    for (let size = 1; size < 40; size++) {
      const found = await split(
        `DELIMITER ${delimiter}\nBEGIN LOAD_FILE${delimiter}BEGIN '${delimiter}' END${delimiter}\n${long}${delimiter}\nDELIMITER ;\nSELECT 2;`,
        size,
      );
      expect(found.map(({ bytes }) => bytes.toString().trim())).toEqual([
        'BEGIN LOAD_FILE',
        `BEGIN '${delimiter}' END`,
        long,
        'SELECT 2',
      ]);
      expect(found[0]!.words.has('LOAD_FILE')).toBe(true);
    }
  },
);

test('in a session of cp932 a second byte is no backslash', async () => {
  const text = Buffer.concat([
    Buffer.from("INSERT INTO t VALUES ('"),
    Buffer.of(0x83, 0x5c),
    Buffer.from("'); SELECT 1;"),
  ]);
  const found = await split(text, 5, (splitter) => {
    splitter.client = 'cp932';
  });
  expect(found).toHaveLength(2);
});

test('a first byte without a second one ends nothing and hides nothing', async () => {
  const cp932 = (splitter: MysqlSplitter) => {
    splitter.client = 'cp932';
  };
  // 0x81 and a quote are no character: the text ends there, as it does for the server.
  const text = Buffer.from("INSERT INTO t VALUES ('\x81', LOAD_FILE('/etc/passwd'), '\x81')", 'latin1');
  for (const size of [1, 7, 1000]) {
    const [found] = await split(text, size, cp932);
    expect(() => judge(found!, { database: 'own' })).toThrow('LOAD_FILE');
  }
  // 表 ends in a backslash, 〜 in a backtick; behind them all is as it looks.
  const table = Buffer.from(
    "CREATE TABLE `\x95\x5c` (a INT COMMENT '\x95\x5c', \x81\x60 INT) ENGINE=FEDERATED COMMENT='\x95\x5c'",
    'latin1',
  );
  const [made] = await split(table, 9, cp932);
  expect(() => judge(made!, { database: 'own' })).toThrow('FEDERATED');
  const harmless = Buffer.from(table.toString('latin1').replace('FEDERATED', 'InnoDB'), 'latin1');
  const [fine] = await split(harmless, 9, cp932);
  expect(judge(fine!, { database: 'own' })).toMatchObject({ object: { kind: 'table', name: '表' } });
});

test.each([
  "INSERT INTO t VALUES (1 /*!50701 ' */ , LOAD_FILE('/etc/passwd') /*!50701 ' */)",
  'INSERT INTO t VALUES (1 /*M! " */ , LOAD_FILE("/etc/passwd") /*M! " */)',
  'SET @a = 1 /*!99990 -- */ , @b = LOAD_FILE(1) \n',
])('a comment that one server runs and another passes over hides nothing: %s', async (text) => {
  await expect(split(text)).rejects.toThrow('注釈の終わり');
});

test('many statements of nothing are passed over', async () => {
  expect(await split(`${';'.repeat(200_000)}SELECT 1;`)).toHaveLength(1);
});

test('a statement without an end is refused, not gathered', async () => {
  const endless = async function* () {
    for (;;) yield Buffer.alloc(1 << 20, 'x');
  };
  const splitter = new MysqlSplitter(4 << 20);
  const work = (async () => {
    for await (const _ of splitter.statements(endless()));
  })();
  await expect(work).rejects.toThrow('長すぎます');
});

test.each([
  ["INSERT INTO t VALUES (1,'a),('),(2,NULL)", 2],
  ['INSERT INTO `t (x` (`a`, `b`) VALUES (1,2),(3,4),(5,(6))', 3],
  ['REPLACE INTO own.t VALUES (1)', 1],
  ['INSERT INTO t SET a = (1), b = 2', 1],
  ['INSERT INTO t () VALUES ()', 1],
])('%s holds %d rows', async (text, rows) => {
  const [found] = await split(text);
  expect(rowsIn(found!)).toBe(rows);
});

test.each([
  "SELECT LOAD_FILE('/etc/passwd')",
  "INSERT INTO t VALUES (LOAD_FILE('/etc/passwd'))",
  "INSERT INTO t VALUES (/*!50000LOAD_FILE*/('/etc/passwd'))",
  "INSERT INTO t VALUES (1) /*!99999 , */ , (load_file ('x'))",
  "SELECT 1 INTO OUTFILE '/tmp/x'",
  'INSERT INTO t SELECT * FROM mysql.user',
  'INSERT INTO other.t VALUES (1)',
  'INSERT INTO t VALUES (SLEEP(1000))',
  "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t",
  'CREATE VIEW v AS SELECT * FROM mysql.user',
  'CREATE VIEW v AS SELECT * FROM `mysql`.`user`',
  "CREATE TABLE t (a INT) ENGINE=CONNECT TABLE_TYPE=CSV FILE_NAME='/etc/passwd'",
  "CREATE TABLE t (a INT) ENGINE = 'FEDERATED' CONNECTION='mysql://x'",
  "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
  'CREATE AGGREGATE FUNCTION f RETURNS STRING',
  "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')",
  'USE other',
  'CALL p()',
  'DO SLEEP(1)',
  'source /etc/passwd',
  '\\! id',
  'system id',
  "PREPARE s FROM 'x'",
  'KILL 1',
  'SHUTDOWN',
  'CREATE PROCEDURE p() GRANT ALL ON *.* TO x',
  'SET STATEMENT max_statement_time = 1 FOR GRANT ALL ON *.* TO x',
  'INSERT INTO mysql.event VALUES (1)',
  'INSTALL PLUGIN x SONAME "y"',
  'RENAME TABLE a TO mysql.b',
  'HANDLER t OPEN',
  "ALTER TABLE t ENGINE=FEDERATED CONNECTION='mysql://x'",
  'ALTER TABLE other.t ADD a INT',
  'CREATE TABLE other.t (a INT)',
  'CREATE VIEW `other`.`v` AS SELECT 1',
  'CREATE TABLE t SELECT SLEEP(1000)',
])('refused: %s', async (text) => {
  const [found] = await split(text);
  expect(() => judge(found!, { database: 'own' })).toThrow('実行できない文');
});

test.each([
  ["GRANT ALL ON *.* TO x IDENTIFIED BY PASSWORD '*HASH'", 'GRANT', 'GRANT ALL ON *.* TO x …'],
  [
    "GRANT SELECT (`a`) ON `own`.`t` TO 'x'@'%' IDENTIFIED BY 'HASH', \"y\" IDENTIFIED VIA z USING 'HASH'",
    'GRANT',
    "GRANT SELECT (`a`) ON `own`.`t` TO 'x'@'%' …",
  ],
  ["/*!50003 GRANT SHUTDOWN ON *.* TO 'HASH' */", 'GRANT', "GRANT SHUTDOWN ON *.* TO '…'"],
  ["REVOKE ALL ON *.* FROM 'x'@'%'", 'REVOKE', "REVOKE ALL ON *.* FROM 'x'@'%'"],
  ["CREATE USER IF NOT EXISTS x@y IDENTIFIED BY 'HASH'", 'CREATE USER', 'CREATE USER IF NOT EXISTS x@y …'],
  ["CREATE OR REPLACE USER 'x'@'y'", 'CREATE USER', "CREATE OR REPLACE USER 'x'@'y'"],
  ['ALTER USER root IDENTIFIED BY "HASH"', 'ALTER USER', 'ALTER USER root …'],
  ['DROP USER x', 'DROP USER', 'DROP USER x'],
  ["SET PASSWORD FOR x@'y' = PASSWORD('HASH')", 'SET PASSWORD', "SET PASSWORD FOR x@'y' …"],
  ["SET PASSWORD = 'HASH'", 'SET PASSWORD', 'SET PASSWORD …'],
  ["SET GLOBAL init_connect = 'HASH'", 'SET GLOBAL', 'SET GLOBAL init_connect …'],
  [
    "INSERT INTO `mysql`.`user` VALUES ('%','x','HASH',LOAD_FILE('a'))",
    'INSERT INTO mysql.user',
    'mysql.user',
  ],
])('left out, and shown without any password: %s', async (text, words, shown) => {
  const [found] = await split(text);
  const verdict = judge(found!, { database: 'own' });
  expect(verdict).toMatchObject({ do: 'leave out', leftOut: { words, shown } });
  expect(JSON.stringify(verdict)).not.toContain('HASH');
});

test.each([
  ["/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */", 'run'],
  ['SET NAMES utf8mb4', 'run'],
  ["SET time_zone = '+00:00'", 'run'],
  ['SET GLOBAL general_log = 1', 'leave out'],
  ["SET @@GLOBAL.GTID_PURGED = 'x'", 'leave out'],
  ["SET PASSWORD = PASSWORD('x')", 'leave out'],
  ['SET @@SESSION.SQL_LOG_BIN= 0', 'leave out'],
  ["SET @@SESSION.sql_mode = ''", 'run'],
  ['SET sql_log_bin = 0', 'leave out'],
  ['SET default_storage_engine = FEDERATED', 'leave out'],
  ['SET foreign_key_checks = 0, GLOBAL max_connections = 1', 'leave out'],
  ['CREATE DATABASE /*!32312 IF NOT EXISTS*/ `own`', 'pass over'],
  ['USE `own`', 'pass over'],
  ['LOCK TABLES `t` WRITE', 'pass over'],
  ["INSERT INTO `own`.`t` VALUES ('GRANT ALL; LOAD_FILE(1) INTO OUTFILE')", 'run'],
  [
    '/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`a`@`b` SQL SECURITY DEFINER */ /*!50001 VIEW `v` AS select 1 */',
    'run',
  ],
  ['/*!40000 ALTER TABLE `t` DISABLE KEYS */', 'run'],
  ['START TRANSACTION', 'run'],
])('%s: %s', async (text, verdict) => {
  const [found] = await split(text);
  expect(judge(found!, { database: 'own' }).do).toBe(verdict);
});
