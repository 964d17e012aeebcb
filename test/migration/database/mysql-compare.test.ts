import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { type DatabaseLine, isRows } from '../../../functions/migration/database/line.ts';
import { openMysqlPair } from '../../../functions/migration/database/mysql/open-mysql-pair.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { jobFor, ledgerOf, move, reportOf } from './run-job.ts';

let source: MariadbServer;
let target: MariadbServer;
let sql: Connection;
let there: Connection;
let number = 0;
let database: string;
let job: DatabaseJob;

beforeAll(async () => {
  [source, target] = await Promise.all([
    startMariadb(['--default-time-zone=+09:00']),
    startMariadb(['--lower-case-table-names=1', '--character-set-server=latin1']),
  ]);
});

afterAll(async () => {
  await Promise.allSettled([sql?.end(), there?.end()]);
  await Promise.all([source?.stop(), target?.stop()]);
});

/** Statements with bodies come one by one. */
const shop = [
  `CREATE TABLE Posts (id INT PRIMARY KEY AUTO_INCREMENT, \`表\`\`題\` VARCHAR(20) NOT NULL DEFAULT 'a''b' COMMENT 'メモ', body TEXT COLLATE utf8mb4_unicode_ci, n INT,
    twice INT GENERATED ALWAYS AS (n * 2) STORED, j JSON, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, KEY words (body(10), n),
    CONSTRAINT positive CHECK (n > 0)) COMMENT='記事' ROW_FORMAT=DYNAMIC AUTO_INCREMENT=500`,
  'CREATE TABLE Child (id INT PRIMARY KEY, post INT, CONSTRAINT of_post FOREIGN KEY (post) REFERENCES Posts (id) ON DELETE CASCADE)',
  'CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)',
  'CREATE TABLE more (n INT CHECK (n > 1), zip TEXT COMPRESSED, KEY k (n) IGNORED, CONSTRAINT named CHECK (n < 100))',
  'CREATE TABLE old (id INT PRIMARY KEY) ENGINE=MyISAM CHARSET=cp932',
  'CREATE TABLE audit (n INT, t VARCHAR(50))',
  "INSERT INTO Posts (`表``題`, n) VALUES ('一', 1), ('二', 2)",
  "CREATE ALGORITHM=MERGE DEFINER=`gone`@`192.0.2.%` SQL SECURITY INVOKER VIEW `見る` AS SELECT id, `表``題`, 'あ' AS kana FROM Posts WHERE id > 0 WITH CASCADED CHECK OPTION",
  'CREATE VIEW plain AS SELECT p.id FROM Posts p JOIN Child c ON c.post = p.id',
  `CREATE DEFINER=\`gone\`@\`%\` FUNCTION 税込(n INT, 率 VARCHAR(10)) RETURNS VARCHAR(20) DETERMINISTIC NO SQL COMMENT '消費税' BEGIN /* 本体 */ RETURN CONCAT(n, "円\\n"); END`,
  "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",
  `CREATE PROCEDURE "書く ""q"""(IN a INT, OUT "出" VARCHAR(5) CHARACTER SET latin1) SQL SECURITY INVOKER MODIFIES SQL DATA BEGIN INSERT INTO "audit" VALUES (a, 'x' || 'y'); END`,
  'SET sql_mode = DEFAULT',
  'CREATE TRIGGER first_in BEFORE INSERT ON Posts FOR EACH ROW SET NEW.n = NEW.n',
  "CREATE TRIGGER second_in BEFORE INSERT ON Posts FOR EACH ROW FOLLOWS first_in SET NEW.body = COALESCE(NEW.body, '空')",
  "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' ON COMPLETION PRESERVE COMMENT '夜間' DO DELETE FROM audit WHERE n < 0",
  "CREATE EVENT once ON SCHEDULE AT '2035-05-05 05:05:05' DISABLE DO DELETE FROM audit",
  'CREATE SEQUENCE counter START WITH 100 INCREMENT BY 5',
];

beforeEach(async () => {
  database = `shop${++number}`;
  [sql, there] = [await session(source), await session(target)];
  // The driver asks for IGNORE_SPACE.
  for (const one of [sql, there]) await one.query('SET sql_mode = DEFAULT');
  await sql.query(
    `CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE ${database}`,
  );
  for (const statement of shop) await sql.query(statement);
  await there.query(
    `CREATE DATABASE MOVED_${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE moved_${database}`,
  );
  job = jobFor(accessTo(source, database), accessTo(target, `moved_${database}`));
});

test('an untouched move has no difference, and an event runs when it ran at the source', async () => {
  const verified = await move(job);
  expect((await reportOf(job)).filter(({ result }) => result !== 'altered')).toEqual([]);
  expect(verified).toMatchObject({ unexplained: 0, skipped: 0 });
  const remarks = (await ledgerOf(job)).flatMap(({ remark }) => remark ?? []);
  expect(remarks.filter((remark) => !remark.includes('MyISAM'))).toEqual([]);
  const [event] = await query(
    there,
    "SELECT TIME_ZONE AS zone, STARTS AS starts FROM information_schema.EVENTS WHERE EVENT_NAME = 'nightly' AND EVENT_SCHEMA = DATABASE()",
  );
  expect(event).toEqual({ zone: '+09:00', starts: '2030-01-01 03:00:00' });
  const again = { ...job, run: 2, previousRun: 1 };
  expect(await move(again)).toMatchObject({ unexplained: 0, skipped: 0 });
  expect((await ledgerOf(again)).filter(({ how }) => how?.includes('変更されていた'))).toEqual([]);
});

test('accounts that may do nothing but a move see no difference either', async () => {
  await sql.query(
    `CREATE USER reader${number}@'%' IDENTIFIED BY 'pw'; GRANT SELECT ON mysql.proc TO reader${number}@'%';
    GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON ${database}.* TO reader${number}@'%'`,
  );
  await there.query(`CREATE USER site${number}@'%' IDENTIFIED BY 'pw';
    GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES,
      CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, TRIGGER, EVENT ON moved_${database}.* TO site${number}@'%'`);
  job.source = { ...job.source, user: `reader${number}`, password: 'pw' };
  job.target = { ...job.target, user: `site${number}`, password: 'pw' };
  const verified = await move(job);
  expect((await reportOf(job)).filter(({ result }) => result !== 'altered')).toEqual([]);
  expect(verified).toMatchObject({ unexplained: 0, skipped: 0 });
});

test('an account that may read rows alone sees the same foreign keys', async () => {
  await sql.query(
    `CREATE USER rows${number}@'%' IDENTIFIED BY 'pw'; GRANT SELECT ON ${database}.* TO rows${number}@'%'`,
  );
  job.source = { ...job.source, user: `rows${number}`, password: 'pw' };
  await move(job);
  const tables = (await reportOf(job)).filter(({ kind }) => kind === 'table');
  expect(tables.filter(({ result }) => result !== 'altered')).toEqual([]);
});

test('what was altered at the target is made again from the source, and the ledger says so', async () => {
  await move(job);
  await there.query("CREATE OR REPLACE VIEW plain AS SELECT 1 AS id; ALTER FUNCTION 税込 COMMENT '別'");
  const again = { ...job, run: 2, previousRun: 1 };
  expect(await move(again)).toMatchObject({ unexplained: 0, skipped: 0 });
  const anew = (await ledgerOf(again)).filter(({ how }) => how?.includes('移行元の定義で作り直し'));
  expect(anew.map(({ name, outcome }) => [name, outcome]).sort()).toEqual([
    ['plain', 'altered'],
    ['税込', 'altered'],
  ]);
  const [view] = await query(there, 'SHOW CREATE VIEW plain');
  expect(view?.['Create View']).toContain('join');
  const third = { ...job, run: 3, previousRun: 2 };
  expect(await move(third)).toMatchObject({ unexplained: 0, skipped: 0 });
  expect((await ledgerOf(third)).filter(({ how }) => how?.includes('移行元の定義で作り直し'))).toEqual([]);
});

const procedure = '`書く "q"`';
const head = `CREATE PROCEDURE ${procedure}(IN a INT, OUT 出 VARCHAR(5) CHARACTER SET latin1)`;
const insert = `BEGIN INSERT INTO "audit" VALUES (a, 'x' || 'y'); END`;

/** Name, what is done at the target, and the facts that are told. */
const altered: readonly [string, string[], string][] = [
  ['Posts', ['ALTER TABLE Posts MODIFY n BIGINT'], '列 n の型'],
  ['Posts', ["ALTER TABLE Posts ALTER `表``題` SET DEFAULT 'ab'"], '列 表`題 の既定値'],
  [
    'Posts',
    ["ALTER TABLE Posts MODIFY `表``題` VARCHAR(20) NOT NULL DEFAULT 'a''b' COMMENT 'めも'"],
    '列 表`題 の注釈',
  ],
  ['Posts', ['ALTER TABLE Posts MODIFY body TEXT COLLATE utf8mb4_bin'], '列 body の照合順序'],
  ['Posts', ['ALTER TABLE Posts MODIFY twice INT GENERATED ALWAYS AS (n * 3) STORED'], '列 twice の生成式'],
  ['Posts', ['ALTER TABLE Posts MODIFY at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP'], '列 at の属性'],
  ['Posts', ['ALTER TABLE Posts DROP KEY words, ADD KEY words (body(11), n)'], '索引 words の列'],
  ['Posts', ['ALTER TABLE Posts DROP CONSTRAINT positive'], '検査制約 positive'],
  [
    'more',
    ['ALTER TABLE more DROP CONSTRAINT named, ADD CONSTRAINT named CHECK (n < 99)'],
    '検査制約 named の書き方',
  ],
  ['more', ['ALTER TABLE more MODIFY n INT CHECK (n > 2)'], '列 n の書き方'],
  ['more', ['ALTER TABLE more MODIFY zip TEXT'], '列 zip の書き方'],
  ['more', ['ALTER TABLE more ALTER KEY k NOT IGNORED'], '索引 k の書き方'],
  ['more', ['ALTER TABLE more MODIFY zip TEXT COMPRESSED FIRST'], '列 n の順番、列 zip の順番'],
  ['Posts', ["ALTER TABLE Posts COMMENT='別'"], '注釈'],
  ['Posts', ['ALTER TABLE Posts ROW_FORMAT=COMPRESSED'], 'オプション'],
  ['Posts', ['ALTER TABLE Posts AUTO_INCREMENT = 900'], '移行時 502、移行先 900'],
  [
    'Child',
    [
      'ALTER TABLE Child DROP FOREIGN KEY of_post, ADD CONSTRAINT of_post2 FOREIGN KEY (post) REFERENCES Posts (id)',
    ],
    '外部キー of_post の参照先、外部キー of_post のON UPDATE、外部キー of_post のON DELETE など',
  ],
  [
    'parts',
    [
      'ALTER TABLE parts REORGANIZE PARTITION p0 INTO (PARTITION p0 VALUES LESS THAN (5), PARTITION p2 VALUES LESS THAN (10))',
    ],
    'パーティション p2 の方法',
  ],
  ['old', ['ALTER TABLE old ENGINE=InnoDB'], 'ストレージエンジン'],
  [
    '見る',
    [
      "CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW 見る AS SELECT id, `表``題`, 'い' AS kana FROM Posts WHERE id > 0 WITH CASCADED CHECK OPTION",
    ],
    '定義',
  ],
  [
    '見る',
    [
      "CREATE OR REPLACE ALGORITHM=TEMPTABLE SQL SECURITY INVOKER VIEW 見る AS SELECT id, `表``題`, 'あ' AS kana FROM Posts WHERE id > 0",
    ],
    'CHECK OPTION、アルゴリズム',
  ],
  [
    '見る',
    [
      "CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW 見る AS SELECT id, `表``題`, 'あ' AS kana FROM Posts WHERE id > 0 WITH LOCAL CHECK OPTION",
    ],
    'SQL SECURITY、CHECK OPTION',
  ],
  [
    'plain',
    [
      'CREATE OR REPLACE DEFINER=somebody@localhost VIEW plain AS SELECT p.id FROM Posts p JOIN Child c ON c.post = p.id',
    ],
    'DEFINER',
  ],
  ['税込', ['ALTER FUNCTION 税込 READS SQL DATA'], 'データの利用'],
  ['税込', ["ALTER FUNCTION 税込 COMMENT '別'"], '注釈'],
  [
    '税込',
    [
      'DROP FUNCTION 税込',
      `CREATE FUNCTION 税込(n BIGINT, 税率 VARCHAR(10)) RETURNS VARCHAR(30) NO SQL COMMENT '消費税' BEGIN /* 本体 */ RETURN CONCAT(n, "円\\n"); END`,
    ],
    '戻り値の型、DETERMINISTIC、引数 1 の型 など',
  ],
  [
    '書く "q"',
    [
      `DROP PROCEDURE ${procedure}`,
      "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",
      `${head} SQL SECURITY INVOKER MODIFIES SQL DATA ${insert.replace('END', ' END')}`,
    ],
    '本体',
  ],
  [
    '書く "q"',
    [
      `DROP PROCEDURE ${procedure}`,
      "SET sql_mode = 'ANSI_QUOTES'",
      `${head} SQL SECURITY INVOKER MODIFIES SQL DATA ${insert}`,
    ],
    'sql_mode',
  ],
  [
    'first_in',
    ['DROP TRIGGER first_in', 'CREATE TRIGGER first_in AFTER INSERT ON Posts FOR EACH ROW SET @a = 1'],
    '時期、本体',
  ],
  [
    'second_in',
    [
      'DROP TRIGGER second_in',
      "CREATE TRIGGER second_in BEFORE INSERT ON Posts FOR EACH ROW PRECEDES first_in SET NEW.body = COALESCE(NEW.body, '空')",
    ],
    '順番',
  ],
  [
    'nightly',
    ["ALTER EVENT nightly ON SCHEDULE EVERY 2 DAY STARTS '2030-01-01 04:00:00'"],
    '間隔、開始日時、タイムゾーン',
  ],
  ['nightly', ['ALTER EVENT nightly ON COMPLETION NOT PRESERVE'], 'ON COMPLETION'],
  [
    'nightly',
    ["SET time_zone = '+03:00'", "ALTER EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00'"],
    'タイムゾーン',
  ],
  ['once', ['ALTER EVENT once ENABLE'], '状態'],
  ['counter', ['ALTER SEQUENCE counter INCREMENT BY 6'], '定義'],
];

test('a table that the target loses while others are compared is missing, and one of the source is gone', async () => {
  await move(job);
  const lines = await ledgerOf(job);
  const pair = await openMysqlPair(job, accessTo(source, database));
  const compared = (kind: string, name: string) =>
    pair.compare(lines.find((line) => line.kind === kind && line.name === name)!);
  try {
    for (const kind of ['table', 'rows']) expect(await compared(kind, 'audit')).toEqual({ result: 'match' });
    await there.query('DROP TABLE parts');
    await sql.query('DROP TABLE old');
    for (const kind of ['table', 'rows'])
      expect(await compared(kind, 'parts')).toEqual({ result: 'missing' });
    expect((await compared('rows', 'old')).remark).toBe('old: 移行元にテーブルがなくなりました');
  } finally {
    await pair.close();
  }
});

test('what is another one at the target is named with what differs, and nothing else is', async () => {
  await move(job);
  const lines = (await ledgerOf(job)).filter((line) => !isRows(line));
  const planned = lines.map(({ outcome, ...line }) => (line.kind === 'table' ? { ...line, outcome } : line));
  const told: unknown[] = [];
  for (const [name, statements] of altered) {
    const isTable = lines.some((line) => line.kind === 'table' && line.name === name);
    const [before] = isTable ? await query(there, `SHOW CREATE TABLE ${name}`) : [];
    for (const statement of statements) await there.query(statement);
    await there.query('SET sql_mode = DEFAULT, time_zone = DEFAULT');
    const pair = await openMysqlPair(job, accessTo(source, database));
    try {
      for (const line of lines) {
        const { result, remark = '' } = await pair.compare(line);
        // A trigger that is made again is the last of its kind: its peers have another place.
        const isPeer = line.kind === 'trigger' && line.name !== name;
        if (result !== 'match' && !isPeer) told.push([line.name, remark.replaceAll(/^[^(]*\(|\)$/g, '')]);
      }
      if (before) {
        await there.query(`SET foreign_key_checks = 0; DROP TABLE ${name}; ${before['Create Table']}`);
      }
      await pair.finish(planned as DatabaseLine[]);
    } finally {
      await pair.close();
    }
  }
  expect(told).toEqual(altered.map(([name, , what]) => [name, what]));
});
