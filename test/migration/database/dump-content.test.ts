import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import { compareContent } from '../../../functions/migration/database/dump/compare-content.ts';
import type { ContentEnd } from '../../../functions/migration/database/dump/content-end.ts';
import type { ContentState } from '../../../functions/migration/database/dump/content-state.ts';
import { MysqlContent } from '../../../functions/migration/database/dump/mysql-content.ts';
import { PostgresqlContent } from '../../../functions/migration/database/dump/postgresql-content.ts';
import { readMysqlRows } from '../../../functions/migration/database/dump/read-mysql-rows.ts';
import { readPostgresqlRows } from '../../../functions/migration/database/dump/read-postgresql-rows.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { MysqlEnd } from '../../../functions/migration/database/mysql/ends.ts';
import { PostgresqlEnd } from '../../../functions/migration/database/postgresql/ends.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import * as keys from '../../../functions/migration/keys.ts';
import { readJson } from '../../../functions/migration/ndjson.ts';
import { readPlan } from '../../../functions/migration/plan-chunks.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { type PostgresqlServer, startPostgresql } from '../../servers/postgresql.ts';
import { MemoryObjects } from '../memory-ports.ts';
import { accessTo, difficult, query, session, stored } from './mysql-source.ts';
import { access, run } from './postgresql-source.ts';
import { copyAll, jobFor, ledgerOf, move, reportOf } from './run-job.ts';

let mysql: MariadbServer;
let postgresql: PostgresqlServer;
let number = 0;
const key = 'temporary/HK-TEST/uploads/dump';
type Engine = DatabaseServer['engine'];

beforeAll(async () => {
  mysql = await startMariadb(['--log-bin-trust-function-creators=1']);
  postgresql = await startPostgresql();
});

afterAll(async () => {
  await Promise.all([mysql?.stop(), postgresql?.stop()]);
});

async function admin(engine: Engine, database: string, statements: readonly string[]): Promise<void> {
  if (engine === 'postgresql') {
    for (const statement of statements) await run(postgresql, database, statement);
    return;
  }
  const own = await session(mysql, database === 'postgres' ? undefined : database);
  for (const statement of statements) await own.query(statement);
  await own.end();
}

/** An empty database and an account that reaches nothing else. */
async function place(engine: Engine): Promise<DatabaseServer> {
  const name = `content${++number}`;
  const { [engine]: made } = {
    postgresql: [`CREATE ROLE ${name} LOGIN`, `CREATE DATABASE ${name} OWNER ${name}`],
    mysql: [
      `CREATE DATABASE ${name} CHARACTER SET utf8mb4; CREATE USER ${name}@'%' IDENTIFIED BY 'pw'; GRANT ALL ON ${name}.* TO ${name}@'%'`,
    ],
  };
  await admin(engine, 'postgres', made);
  if (engine === 'postgresql') return { ...access(postgresql, name), user: name };
  return { ...accessTo(mysql, name), user: name, password: 'pw' };
}

function dumpOf({ engine, host, port, database }: DatabaseServer, ...options: string[]): Buffer {
  const [program, ...own] =
    engine === 'mysql'
      ? ['mariadb-dump', '--no-defaults', `-h${host}`, `-P${port}`, '-uroot', '--routines', '--triggers']
      : ['pg_dump', '-h', host, '-p', String(port), '-U', 'postgres'];
  return execFileSync(program!, [...own, ...options, database], { maxBuffer: 1 << 28 });
}

async function jobOf(target: DatabaseServer, dump: string | Buffer): Promise<DatabaseJob> {
  const objects = new MemoryObjects();
  await objects.put(key, Buffer.from(dump));
  return jobFor({ engine: target.engine, dump: key, compression: 'none' } as never, target, { objects });
}

/** Calls of the verification that each have time for a few looks more at the clock than the one before. */
async function verifyStepwise(job: DatabaseJob) {
  for (let calls = 1; ; calls++) {
    let looks = 0;
    const verified = await verifyDatabase({ ...job, remaining: () => (looks++ < calls * 3 ? 600_000 : 0) });
    if (!verified.more) return { calls, verified };
    if (calls > 200) throw new Error('No end of calls.');
  }
}

/** What differs, by table: where and in which columns. */
async function differences(job: DatabaseJob): Promise<Record<string, string>> {
  const lines = (await reportOf(job)).filter(({ result }) => result === 'differs');
  return Object.fromEntries(lines.map(({ path, remark }) => [path!.replace('./rows/', ''), remark!]));
}

const counted = (job: DatabaseJob) =>
  ledgerOf(job).then((lines) =>
    lines.filter(({ remark }) => remark?.includes('行数だけ')).map(({ name }) => name),
  );

const kinds = `CREATE SCHEMA "店 舗"; CREATE TYPE mood AS ENUM ('良い', '悪い'); CREATE DOMAIN plus AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a int, b text);
CREATE TABLE posts (id bigserial PRIMARY KEY, title text NOT NULL, body bytea, at timestamptz, m mood, tags text[], loud text GENERATED ALWAYS AS (upper(title)) STORED);
INSERT INTO posts (title, body, at, m, tags) SELECT '記事 〜①髙㈱𠮷😀 ' || g || E'\\t\\n\\\\.', decode(md5(g::text), 'hex'), timestamptz '2020-01-01' + g * interval '1 s', '良い', ARRAY['a,b', NULL, '{}'] FROM generate_series(1, 3000) g;
CREATE TABLE "店 舗"."Order" ("キー" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "t""x" text, p plus, c pair); INSERT INTO "店 舗"."Order" ("t""x", p, c) VALUES ('a', 1, (1, 'x,y')), (NULL, 2, NULL), ('\\.', NULL, NULL), ('', 3, NULL);
CREATE TABLE numbers (f float8, r real, n numeric, b boolean, j json, jb jsonb, x xml, i interval, net inet, u uuid, bits bit(5), r4 int4range);
INSERT INTO numbers VALUES (0.1, 0.1, 'NaN', true, '{"a": 1}', '{"a":1}', '<a/>', '1 day -2 hours', '::1/64', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', B'10101', '[1,5)'), ('-Infinity', 'NaN', 1e30, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE parts (id int, region int, PRIMARY KEY (id, region)) PARTITION BY RANGE (region); CREATE TABLE low PARTITION OF parts FOR VALUES FROM (0) TO (10); CREATE TABLE high PARTITION OF parts FOR VALUES FROM (10) TO (100);
INSERT INTO parts SELECT g, g % 20 FROM generate_series(-500, 500) g WHERE g % 20 >= 0; CREATE TABLE nothing (n int); CREATE TABLE keyless (a int, b text); INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (NULL, NULL);
CREATE TABLE comment (id int PRIMARY KEY, post bigint REFERENCES posts ON DELETE CASCADE); INSERT INTO comment VALUES (1, 1);`;

test.each([
  ['mysql', []],
  ['mysql', ['--skip-extended-insert', '--complete-insert']],
  ['postgresql', []],
  ['postgresql', ['--inserts', '--rows-per-insert=7']],
] as const)(
  'rows of a dump (%s %j) of every type are the same by their content, call after call',
  async (engine, options) => {
    const source = await place(engine);
    await admin(engine, source.database, engine === 'mysql' ? [difficult(500), ...stored] : [kinds]);
    const job = await jobOf(await place(engine), dumpOf(source, ...options));
    await copyAll(job);
    const { calls, verified } = await verifyStepwise(job);
    expect(await differences(job)).toEqual({});
    expect(verified).toMatchObject({ unexplained: 0 });
    expect(await counted(job)).toEqual([]);
    expect(calls).toBeGreaterThan(3);
    expect((await readSummary(job.objects, job))?.remarks ?? []).toEqual([]);
  },
);

const changes = {
  mysql: {
    posts: "UPDATE posts SET body = CONCAT(LEFT(body, 3), '?', SUBSTRING(body, 5)) WHERE id = 150",
    '変な`表 name': 'UPDATE `変な``表 name` SET `select` = NULL WHERE `キー` = -1',
    numbers: 'UPDATE numbers SET bits = bits ^ 1 WHERE id = 1',
    moments: "UPDATE moments SET ts = '1970-01-01 09:00:02' WHERE id = 1",
    things: 'UPDATE things SET e = 1 WHERE id = 4',
    cp932: "UPDATE cp932 SET t = '?㈱髙﨑〜' WHERE id = 2",
    keyless: "DELETE FROM keyless WHERE b = '同じ' LIMIT 1",
    textual: "INSERT INTO textual VALUES ('c', 5)",
    parts: 'UPDATE parts SET id = 1000 WHERE id = 100',
    hen: 'DELETE FROM hen LIMIT 1',
    empty_one: 'INSERT INTO empty_one VALUES (1, NULL)',
  },
  postgresql: {
    'public.posts': "UPDATE posts SET tags[1] = 'a;b' WHERE id = 1501",
    '店 舗.Order': `UPDATE "店 舗"."Order" SET "t""x" = NULL WHERE "キー" = 4`,
    'public.numbers': "UPDATE numbers SET r = '0.10000001' WHERE b",
    'public.low': 'UPDATE low SET id = 501 WHERE id = -500',
    'public.keyless': 'DELETE FROM keyless WHERE a IS NULL',
    'public.nothing': 'INSERT INTO nothing VALUES (1)',
    'public.comment': 'UPDATE comment SET id = 2',
  },
};
const found = {
  mysql: {
    posts: 'posts id 0–3074457345618258602: 列 body(内容)',
    '変な`表 name': '変な`表 name キー -1–2: 列 select(NULL 移行元1・移行先2、文字数 移行元4・移行先0)',
    numbers: 'numbers id 1–3: 列 bits(内容)',
    moments: 'moments id 1: 列 ts(内容)',
    things: 'things id 4: 列 e(内容)',
    cp932: 'cp932 id 1–2: 列 t(内容)',
    keyless: 'keyless 全行: ダンプ5行、移行先4行',
    textual: 'textual 全行: ダンプ4行、移行先5行',
    parts: 'parts id 1–1000: 列 id(内容)',
    hen: 'hen 全行: ダンプ1行、移行先0行',
    empty_one: 'empty_one 全行: ダンプ0行、移行先1行',
  },
  postgresql: {
    'public.posts': 'public.posts id 1500–1599: 列 tags(内容)',
    '店 舗.Order': '店 舗.Order キー 4: 列 t"x(NULL 移行元1・移行先2)',
    'public.numbers': 'public.numbers 全行: 列 r(内容)',
    'public.low': 'public.low id 328–501、id -480–501 の外: 列 id(内容)',
    'public.keyless': 'public.keyless 全行: ダンプ3行、移行先2行',
    'public.nothing': 'public.nothing 全行: ダンプ0行、移行先1行',
    'public.comment': 'public.comment id 2、id 2 の外: 列 id(内容)',
  },
};

test.each(['mysql', 'postgresql'] as const)(
  'one row of a table that was altered, added or deleted at the target (%s) is found, with its columns and keys',
  async (engine) => {
    const source = await place(engine);
    await admin(engine, source.database, engine === 'mysql' ? [difficult(500)] : [kinds]);
    const target = await place(engine);
    const job = await jobOf(target, dumpOf(source));
    await copyAll(job);
    const statements: string[] = Object.values(changes[engine]);
    if (engine === 'mysql')
      statements.unshift("SET foreign_key_checks = 0, time_zone = '+09:00', sql_mode = ''");
    await admin(engine, target.database, statements);
    expect(await verifyDatabase(job)).toMatchObject({
      unexplained: statements.length - (engine === 'mysql' ? 1 : 0),
    });
    expect(await differences(job)).toEqual(found[engine]);
  },
);

test.each(['mysql', 'postgresql'] as const)(
  'without the right to temporary tables (%s) rows are counted, and people are told',
  async (engine) => {
    const target = await place(engine);
    const { database: name } = target;
    const rows = 'INSERT INTO posts VALUES (1), (2); INSERT INTO other VALUES (1);';
    const heading = (type: string, table: string) =>
      `\n-- Name: ${table}; Type: ${type}; Schema: public; Owner: a\n`;
    const text =
      engine === 'mysql'
        ? `CREATE TABLE posts (id INT); CREATE TABLE other (id INT); ${rows}`
        : ['posts', 'other']
            .map(
              (table) =>
                `${heading('TABLE', table)}CREATE TABLE public.${table} (id int);${heading('TABLE DATA', table)}COPY public.${table} (id) FROM stdin;\n1\n2\n\\.\n`,
            )
            .join('');
    const job = await jobOf(target, text);
    await copyAll(job);
    const revoke =
      engine === 'mysql'
        ? `REVOKE CREATE TEMPORARY TABLES ON ${name}.* FROM ${name}@'%'`
        : `REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC, ${name}`;
    await admin(engine, name, [revoke, 'DELETE FROM other']);
    expect(await verifyDatabase(job)).toMatchObject({ unexplained: 1 });
    expect((await counted(job)).sort()).toEqual(['other', 'posts']);
    expect(Object.values(await differences(job))).toEqual([
      expect.stringMatching(/ダンプ[12]行、移行先0行.*行数だけ/),
    ]);
    expect((await readSummary(job.objects, job))?.remarks).toEqual([
      expect.stringMatching(/^2個のテーブルは内容を比べられず.*エラー(1044|42501)/),
    ]);
  },
);

test('rows of which a dump has a few columns only are counted, and people are told', async () => {
  const text = `CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, at TIMESTAMP DEFAULT NOW());
    INSERT INTO t (a) VALUES (1), (2); INSERT INTO t SET a = 3; CREATE TABLE u (a INT, b INT AS (a * 2)); INSERT INTO u (a) VALUES (1);`;
  const job = await jobOf(await place('mysql'), text);
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  expect(await counted(job)).toEqual(['t']);
});

test('a statement that would reach a table of the site is refused by the server itself', async () => {
  const target = await place('mysql');
  const text =
    'CREATE TABLE t (a INT); CREATE TABLE u (a INT); START TRANSACTION READ WRITE; INSERT INTO /*!99999 t */ u VALUES (9);';
  const job = await jobOf(target, text);
  await copyAll(job);
  await verifyDatabase(job);
  const own = await session(mysql, target.database);
  expect(await query(own, 'SELECT a FROM u')).toEqual([{ a: 9 }]);
  await own.end();
  expect(await counted(job)).toEqual(['t']);
});

test.each(['mysql', 'postgresql'] as const)(
  'a table that the target (%s) loses while its rows are compared is missing, and the others are compared',
  async (engine) => {
    const target = await place(engine);
    const heading = (table: string) => `\n-- Name: ${table}; Type: TABLE; Schema: public; Owner: a\n`;
    const data = (table: string) =>
      `\n-- Data for Name: ${table}; Type: TABLE DATA; Schema: public; Owner: a\n`;
    const text = ['gone', 'stays'].map((table) =>
      engine === 'mysql'
        ? `CREATE TABLE ${table} (id INT); INSERT INTO ${table} VALUES (1);`
        : `${heading(table)}CREATE TABLE public.${table} (id int);${data(table)}INSERT INTO public.${table} VALUES (1);`,
    );
    const job = await jobOf(target, text.join('\n'));
    await copyAll(job);
    const plan = (await readPlan(job))!.id;
    const ends: { close(): Promise<void> }[] = [];
    const [end, read] = await (async () => {
      if (engine === 'postgresql') {
        const own = new PostgresqlEnd(target, '移行先', job);
        ends.push(own);
        const content = new PostgresqlContent(await own.connect());
        return [content, readPostgresqlRows(job, job.source as never, content)] as const;
      }
      const own = new MysqlEnd(target, '移行先', job);
      ends.push(own);
      const dumped = await own.connect();
      const content = new MysqlContent(await own.connect(), dumped);
      return [content, readMysqlRows(job, job.source as never, dumped, content)] as const;
    })();
    const losing: ContentEnd = end;
    const sums = losing.sumsAtTarget.bind(end);
    losing.sumsAtTarget = async (line, cut, span) => {
      if (line.name === 'gone') await admin(engine, target.database, ['DROP TABLE gone']);
      return sums(line, cut, span);
    };
    const state = await compareContent(job, plan, losing, read);
    await Promise.all(ends.map((one) => one.close()));
    const results = Object.entries(state!.results).map(([path, { result }]) => [
      path.replace(/^.*[./]/, ''),
      result,
    ]);
    expect(Object.fromEntries(results)).toEqual({ gone: 'missing', stays: 'match' });
  },
);

test('a verification that is killed goes on behind the last batch that it has saved, and finds what is wrong', async () => {
  const engine = 'mysql';
  const target = await place(engine);
  const rows = Array.from({ length: 400 }, (_, index) => [index, String(index % 10).repeat(100_000)]);
  const inserts = rows.map(([id, body]) => `INSERT INTO t VALUES (${id},'${body}');`);
  const text = `CREATE TABLE t (id INT PRIMARY KEY, body LONGTEXT);\n${inserts.join('\n')}`;
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  const master = Buffer.alloc(32, 7).toString('base64');
  const source = { engine, dump: key, compression: 'none' } as never as DatabaseServer;
  const objects = fileObjects(folder);
  const vault = { put: async () => {}, get: async () => master, erase: async () => 0 };
  const job = jobFor(source, target, { objects, vault });
  await objects.put(key, Buffer.from(text));
  await copyAll(job);
  await admin(engine, target.database, [
    'UPDATE t SET body = NULL WHERE id = 17',
    'DELETE FROM t WHERE id = 399',
  ]);
  const ends = [JSON.stringify(source), JSON.stringify(target), master];
  const script = join(import.meta.dirname, 'verifier.ts');
  const state = async () => {
    const content = `${keys.verifyState(job, (await readPlan(job))!.id)}.content`;
    return readJson<ContentState>(objects, content);
  };
  for (const looks of [3, 390]) {
    const { signal, stderr } = spawnSync(process.execPath, [script, folder, ...ends, String(looks)]);
    expect([signal, signal === null && stderr.toString()]).toEqual(['SIGKILL', false]);
    if (looks === 3) expect(await state()).toBeUndefined();
  }
  const saved = (await state())!;
  expect(saved.read).toBe(false);
  const [{ sums }] = Object.values(saved.dump) as [ContentState['dump'][string]];
  const summed = Object.values(sums.ranges).reduce((total, { rows: some }) => total + Number(some), 0);
  expect(summed).toBe(saved.place.statements - 1);
  expect(summed).toBeGreaterThan(0);
  expect(await verifyStepwise(job)).toMatchObject({ verified: { unexplained: 1 } });
  expect(Object.values(await differences(job))).toEqual([
    expect.stringMatching(/t id 0–\d+、id \d+–\d+.*: ダンプ400行、移行先399行$/),
  ]);
});
