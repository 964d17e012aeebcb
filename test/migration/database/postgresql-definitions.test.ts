import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { PostgresqlPair } from '../../../functions/migration/database/postgresql/postgresql-pair.ts';
import { verifyDatabase } from '../../../functions/migration/database/verify-database.ts';
import { type PostgresqlServer, startPostgresql } from '../../servers/postgresql.ts';
import { access, run } from './postgresql-source.ts';
import { copyAll, jobFor, ledgerOf, move, reportOf } from './run-job.ts';

let source: PostgresqlServer;
let target: PostgresqlServer;
let number = 0;
let name: string;
let job: DatabaseJob;

beforeAll(async () => {
  [source, target] = await Promise.all([startPostgresql(), startPostgresql()]);
  await run(
    source,
    'postgres',
    'CREATE ROLE shop; CREATE ROLE alice; CREATE ROLE reader; CREATE ROLE stranger',
  );
  await run(target, 'postgres', 'CREATE ROLE stranger');
});

afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

/** The target's user owns its database and is nobody else. */
beforeEach(async () => {
  name = `db${++number}`;
  await run(source, 'postgres', `CREATE DATABASE ${name}`);
  await run(target, 'postgres', `CREATE ROLE site${number} LOGIN`);
  await run(target, 'postgres', `CREATE DATABASE ${name} OWNER site${number}`);
  job = jobFor(access(source, name), { ...access(target, name), user: `site${number}` });
});

test('owners and privileges come over as far as the target knows the roles; the rest is told word by word', async () => {
  await run(target, 'postgres', `CREATE ROLE reader; GRANT reader TO site${number}`);
  await run(
    source,
    name,
    `CREATE TABLE posts (id int PRIMARY KEY, title text); CREATE TABLE notes (id int PRIMARY KEY); CREATE TABLE other (id int PRIMARY KEY);
     CREATE FUNCTION quiet() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SEQUENCE counter; CREATE SCHEMA inner_one;
     ALTER TABLE posts OWNER TO shop; ALTER TABLE notes OWNER TO shop; ALTER FUNCTION quiet() OWNER TO shop; ALTER SEQUENCE counter OWNER TO shop; ALTER SCHEMA inner_one OWNER TO shop;
     ALTER TABLE other OWNER TO alice;
     GRANT SELECT, UPDATE (title) ON posts TO reader; GRANT SELECT ON posts TO PUBLIC; GRANT INSERT ON posts TO stranger; GRANT ALL ON posts TO alice;
     GRANT SELECT ON notes TO stranger; REVOKE EXECUTE ON FUNCTION quiet() FROM PUBLIC; GRANT USAGE ON SEQUENCE counter TO reader WITH GRANT OPTION;
     ALTER DEFAULT PRIVILEGES FOR ROLE shop IN SCHEMA public GRANT SELECT ON TABLES TO reader`,
  );
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  const skipped = (await ledgerOf(job)).filter(({ outcome }) => outcome === 'skipped');
  expect(skipped.map(({ kind, name: of, why }) => [kind, of, why])).toEqual([
    ['acl', 'TABLE notes', expect.any(String)],
  ]);
  const { rows } = await run(
    target,
    name,
    `SELECT has_table_privilege('reader', 'posts', 'SELECT') AS read, has_column_privilege('reader', 'posts', 'title', 'UPDATE') AS title,
       has_table_privilege('reader', 'posts', 'INSERT') AS more, has_table_privilege('stranger', 'posts', 'INSERT') AS stranger, has_table_privilege('stranger', 'posts', 'SELECT') AS everybody,
       has_function_privilege('stranger', 'quiet()', 'EXECUTE') AS quiet, has_sequence_privilege('reader', 'counter', 'USAGE WITH GRANT OPTION') AS counter,
       (SELECT string_agg(DISTINCT pg_get_userbyid(relowner)::text, ',') FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS owner`,
  );
  expect(rows).toEqual([
    {
      ...{ read: true, title: true, more: false, stranger: false, everybody: true },
      ...{ quiet: false, counter: true, owner: `site${number}` },
    },
  ]);
  await run(target, name, `SET ROLE site${number}; CREATE TABLE later (id int)`);
  const later = await run(target, name, "SELECT has_table_privilege('reader', 'later', 'SELECT') AS read");
  expect(later.rows).toEqual([{ read: true }]);
  const told = (await ledgerOf(job)).map(
    ({ kind, name: of, how, why }) => `${kind} ${of}: ${how ?? why ?? ''}`,
  );
  expect(told).toContainEqual('table other: 所有者 alice → 移行先のユーザー');
  expect(told).toContainEqual(
    expect.stringMatching(/^acl TABLE posts: .*GRANT INSERT ON TABLE public\.posts TO stranger/),
  );
  expect(told).toContainEqual(
    expect.stringMatching(/^acl TABLE notes: .*GRANT SELECT ON TABLE public\.notes TO stranger/),
  );
  expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ unexplained: 0, skipped: 1 });
});

test('a right that somebody takes back at the target before the verification is named with its statement', async () => {
  await run(target, 'postgres', `CREATE ROLE other_reader; GRANT other_reader TO site${number}`);
  await run(
    source,
    name,
    `CREATE ROLE other_reader; CREATE TABLE posts (id int PRIMARY KEY, title text); CREATE SEQUENCE counter; CREATE VIEW v AS SELECT 1 AS n;
     GRANT SELECT, UPDATE (title) ON posts TO other_reader; GRANT USAGE ON SEQUENCE counter TO other_reader WITH GRANT OPTION; GRANT SELECT ON v TO PUBLIC`,
  );
  await copyAll(job);
  const pair = new PostgresqlPair(job, access(source, name));
  const lost = async () => {
    const named: unknown[] = [];
    for (const line of (await ledgerOf(job)).filter(({ kind }) => kind === 'acl')) {
      const { result, remark } = await pair.compare(line);
      if (result !== 'match') named.push([line.name, result, remark?.replace(/^.*: /, '')]);
    }
    return named.sort();
  };
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  await run(
    target,
    name,
    'REVOKE UPDATE (title) ON posts FROM other_reader; REVOKE GRANT OPTION FOR USAGE ON SEQUENCE counter FROM other_reader',
  );
  expect(await lost()).toEqual([
    ['COLUMN posts.title', 'differs', 'GRANT UPDATE(title) ON TABLE public.posts TO other_reader;'],
    [
      'SEQUENCE counter',
      'differs',
      'GRANT USAGE ON SEQUENCE public.counter TO other_reader WITH GRANT OPTION;',
    ],
  ]);
  await pair.close();
});

test('rights that the source has taken back since the rehearsal are told with the statements, until they are gone', async () => {
  await run(target, 'postgres', `CREATE ROLE clerk; GRANT clerk TO site${number}`);
  await run(source, 'postgres', 'CREATE ROLE clerk');
  await run(
    source,
    name,
    `CREATE TABLE posts (id int PRIMARY KEY, title text, "a, (b" int); CREATE TABLE notes (id int); CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
     GRANT SELECT, INSERT ON posts TO clerk; GRANT UPDATE (title, "a, (b") ON posts TO clerk; GRANT ALL ON notes TO clerk; GRANT EXECUTE ON FUNCTION f(int) TO clerk WITH GRANT OPTION;
     ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO clerk`,
  );
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  await run(target, name, 'GRANT TRIGGER ON posts TO clerk');
  await run(
    source,
    name,
    `REVOKE INSERT ON posts FROM clerk; REVOKE ALL ON notes FROM clerk; REVOKE GRANT OPTION FOR EXECUTE ON FUNCTION f(int) FROM clerk;
     ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM clerk`,
  );
  const withdrawn = async (at: number) => {
    const again = { ...job, run: at, previousRun: at - 1 };
    expect(await move(again)).toMatchObject({ unexplained: 0 });
    const lines = (await ledgerOf(again)).filter(({ kind }) => kind === 'withdrawn privileges');
    return lines.map(({ why = '' }) => why.split('実行してください: ')[1]!).sort();
  };
  const statements = await withdrawn(2);
  expect(statements).toEqual([
    'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM clerk;',
    'REVOKE ALL ON FUNCTION public.f(a integer) FROM clerk; GRANT ALL ON FUNCTION public.f(a integer) TO clerk;',
    'REVOKE ALL ON TABLE public.notes FROM clerk;',
    'REVOKE ALL ON TABLE public.posts FROM clerk; GRANT SELECT ON TABLE public.posts TO clerk; GRANT UPDATE(title) ON TABLE public.posts TO clerk; GRANT UPDATE("a, (b") ON TABLE public.posts TO clerk;',
  ]);
  expect(await withdrawn(3)).toEqual(statements);
  for (const statement of statements) await run(target, name, `SET ROLE site${number}; ${statement}`);
  expect(await withdrawn(4)).toEqual([]);
  const { rows } = await run(
    target,
    name,
    `SELECT has_table_privilege('clerk', 'posts', 'INSERT') AS more, has_column_privilege('clerk', 'posts', 'title', 'UPDATE') AS kept`,
  );
  expect(rows).toEqual([{ more: false, kept: true }]);
});

test('one definition that is refused, by the server or by us, stops itself and what stands on it alone', async () => {
  await run(
    source,
    name,
    `CREATE EXTENSION hstore; CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE far (id int) SERVER elsewhere;
     CREATE FUNCTION sum_c(int, int) RETURNS int LANGUAGE internal AS 'int4pl';
     CREATE TABLE plain (id int PRIMARY KEY, t text); INSERT INTO plain VALUES (1, 'あ'); CREATE TABLE keyed (id int PRIMARY KEY, h hstore); INSERT INTO keyed VALUES (1, 'a=>1')`,
  );
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  const skipped = new Map(
    (await ledgerOf(job))
      .filter(({ why, kind }) => why && kind !== 'comment')
      .map(({ kind, name: of, why }) => [`${kind} ${of}`, why]),
  );
  expect([...skipped.keys()].sort()).toEqual([
    'extension postgres_fdw',
    'foreign table far',
    'function sum_c(integer, integer)',
    'server elsewhere',
  ]);
  expect(skipped.get('extension postgres_fdw')).toMatch(/管理者が CREATE EXTENSION .*再実行/);
  expect(skipped.get('server elsewhere')).toContain('CREATE SERVER');
  expect(skipped.get('function sum_c(integer, integer)')).toContain('LANGUAGE internal');
  expect(skipped.get('foreign table far')).toContain('エラー42704');
  expect((await run(target, name, "SELECT t, h->'a' AS h FROM plain JOIN keyed USING (id)")).rows).toEqual([
    { t: 'あ', h: '1' },
  ]);
});

test('an extension that the target does not have is told before anything is tried', async () => {
  await run(
    source,
    name,
    "CREATE EXTENSION hstore; UPDATE pg_extension SET extname = 'nobody_has_this' WHERE extname = 'hstore'; CREATE TABLE plain (id int PRIMARY KEY)",
  );
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  const [line] = (await ledgerOf(job)).filter(({ kind }) => kind === 'extension');
  expect(line).toMatchObject({
    name: 'nobody_has_this',
    why: expect.stringContaining('pg_available_extensions'),
  });
});

test('a table whose definition changes between copy and verification stops alone, and comes with the next run', async () => {
  await run(
    source,
    name,
    'CREATE TABLE one (id int PRIMARY KEY, t text); CREATE TABLE two (id int PRIMARY KEY); INSERT INTO one VALUES (1); INSERT INTO two VALUES (1)',
  );
  await copyAll(job);
  await run(source, name, 'ALTER TABLE one ADD COLUMN more int');
  expect(await verifyDatabase(job)).toMatchObject({ more: false, unexplained: 1 });
  const [differing] = (await reportOf(job)).filter(({ result }) => result === 'differs');
  expect(differing?.remark).toMatch(/^public\.one: .*定義が変更.*再実行/);
});
