import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import { copyDatabaseChunk } from '../../../functions/migration/database/copy-chunk.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { type PostgresqlServer, startPostgresql } from '../../servers/postgresql.ts';
import { MemoryObjects } from '../memory-ports.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { access, run } from './postgresql-source.ts';
import { chunksOf, jobFor, move } from './run-job.ts';

let mysql: MariadbServer;
let postgresql: PostgresqlServer;
let number = 0;
const key = 'temporary/HK-TEST/uploads/dump';

beforeAll(async () => {
  [mysql, postgresql] = await Promise.all([
    startMariadb(['--log-bin-trust-function-creators=1']),
    startPostgresql(),
  ]);
});

afterAll(async () => {
  await Promise.all([mysql?.stop(), postgresql?.stop()]);
});

/** A database with an account that reaches nothing else, and what is asked of it by an administrator. */
interface Place {
  engine: DatabaseServer['engine'];
  server: DatabaseServer;
  ask(sql: string): Promise<Record<string, unknown>[]>;
}

async function place(engine: DatabaseServer['engine']): Promise<Place> {
  const name = `again${++number}`;
  if (engine === 'postgresql') {
    await run(postgresql, 'postgres', `CREATE ROLE ${name} LOGIN`);
    await run(postgresql, 'postgres', `CREATE DATABASE ${name} OWNER ${name}`);
    const server = { ...access(postgresql, name), user: name };
    return { engine, server, ask: async (sql) => (await run(postgresql, name, sql)).rows };
  }
  const sql = await session(mysql);
  await sql.query(
    `CREATE DATABASE ${name}; CREATE USER ${name}@'%' IDENTIFIED BY 'pw'; GRANT ALL ON ${name}.* TO ${name}@'%'`,
  );
  await sql.end();
  const ask = async (statement: string) => {
    const own = await session(mysql, name);
    try {
      return await query(own, statement);
    } finally {
      await own.end();
    }
  };
  return { engine, server: { ...accessTo(mysql, name), user: name, password: 'pw' }, ask };
}

async function jobOf({ engine, server }: Place, dump: string | Buffer): Promise<DatabaseJob> {
  const objects = new MemoryObjects();
  await objects.put(key, Buffer.from(dump));
  return jobFor({ engine, dump: key, compression: 'none' } as never, server, { objects });
}

const titles = async ({ ask }: Place) =>
  (await ask('SELECT title FROM posts ORDER BY title')).map(({ title }) => title);

/** Dumps as the servers' own programs write them, of a site before and after its last day. */
async function dumps(engine: DatabaseServer['engine']): Promise<[Buffer, Buffer]> {
  const source = await place(engine);
  const statements =
    engine === 'mysql'
      ? [
          'CREATE VIEW v AS SELECT title FROM posts',
          'CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1',
          'CREATE TRIGGER t BEFORE DELETE ON posts FOR EACH ROW SET @a = 1',
        ]
      : [
          'CREATE VIEW v AS SELECT title FROM posts',
          "CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
          "CREATE TYPE mood AS ENUM ('a')",
          'CREATE SCHEMA "中"',
          'CREATE TABLE "中"."表" (id serial PRIMARY KEY)',
          "SELECT lo_from_bytea(4242, 'x')",
        ];
  for (const sql of [
    'CREATE TABLE posts (id INT PRIMARY KEY, title VARCHAR(20))',
    "INSERT INTO posts VALUES (1, 'first'), (2, 'second')",
    ...statements,
  ])
    await source.ask(sql);
  const dump = () => {
    const { host, port, database } = source.server;
    return engine === 'mysql'
      ? execFileSync('mariadb-dump', [
          '--no-defaults',
          `-h${host}`,
          `-P${port}`,
          '-uroot',
          '--routines',
          '--triggers',
          database,
        ])
      : execFileSync('pg_dump', ['-h', host, '-p', String(port), '-U', 'postgres', database]);
  };
  const before = dump();
  await source.ask("INSERT INTO posts VALUES (3, 'third')");
  await source.ask('DELETE FROM posts WHERE id = 1');
  return [before, dump()];
}

/** pg_dump names the owner, who is not the target's: one line. */
const skipped = { mysql: 0, postgresql: 1 };

test.each(['mysql', 'postgresql'] as const)(
  'a second dump (%s) takes the place of the first, and what is not ours stops it',
  async (engine) => {
    const [before, after] = await dumps(engine);
    const target = await place(engine);
    const job = await jobOf(target, before);
    expect(await move(job)).toMatchObject({ unexplained: 0, skipped: skipped[engine] });
    await job.objects.put(key, after);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      unexplained: 0,
      skipped: skipped[engine],
    });
    expect(await titles(target)).toEqual(['second', 'third']);
    await target.ask('CREATE TABLE strange (n INT)');
    await expect(move({ ...job, run: 3, previousRun: 2 })).rejects.toThrow(/strange.*何も変更していません/);
    expect(await titles(target)).toEqual(['second', 'third']);
  },
);

test.each(['mysql', 'postgresql'] as const)(
  'a replay (%s) that ended with something unexplained is taken up again; so is one that never came to its end',
  async (engine) => {
    const [dump] = await dumps(engine);
    const target = await place(engine);
    const job = await jobOf(target, dump);
    for (const chunk of await chunksOf(job)) await copyDatabaseChunk(job, chunk);
    await target.ask('DELETE FROM posts WHERE id = 1');
    expect(await move(job)).toMatchObject({ unexplained: 1 });
    expect(await move(job)).toMatchObject({ unexplained: 0, skipped: skipped[engine] });
    expect(await titles(target)).toEqual(['first', 'second']);
    // Given up in the middle; the next run has no ledger of it, and knows its plan.
    const second = { ...job, run: 2, previousRun: 1 };
    const [chunk] = await chunksOf(second);
    let looks = 0;
    await copyDatabaseChunk({ ...second, remaining: () => (looks++ < 3 ? 600_000 : 0) }, chunk!);
    expect(await move({ ...job, run: 3, previousRun: 1 })).toMatchObject({
      unexplained: 0,
      skipped: skipped[engine],
    });
    expect(await titles(target)).toEqual(['first', 'second']);
  },
);

test.each(['mysql', 'postgresql'] as const)(
  'a replay (%s) that comes to nothing call after call ends with what to do, and goes on when there is time',
  async (engine) => {
    const [dump] = await dumps(engine);
    const target = await place(engine);
    const job = await jobOf(target, dump);
    const [chunk] = await chunksOf(job);
    const late = { ...job, remaining: () => 0 };
    const again = async () => {
      for (let calls = 0; calls < 5; calls++)
        expect(await copyDatabaseChunk(late, chunk!)).toEqual({ more: true });
    };
    await expect(again()).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('取り込みが進みません'),
    });
    // A little at a time is no fault, however many the calls.
    for (let more = true, calls = 0; more; calls++) {
      let looks = 0;
      const little = { ...job, remaining: () => (looks++ < 1 ? 600_000 : 0) };
      ({ more } = await copyDatabaseChunk(little, chunk!));
      if (calls > 200) throw new Error('No end of calls.');
    }
    expect(await move(job)).toMatchObject({ unexplained: 0, skipped: skipped[engine] });
    expect(await titles(target)).toEqual(['first', 'second']);
  },
);

test('one COPY goes over several calls: each row once, whatever the pieces', async () => {
  const target = await place('postgresql');
  const rows = Array.from({ length: 20_000 }, (_, index) => `${index}\t${'値'.repeat(index % 40)}\\n\\\\.`);
  const text = `-- Name: posts; Type: TABLE; Schema: public; Owner: a\nCREATE TABLE public.posts (id int, title text);\n-- Data for Name: posts; Type: TABLE DATA; Schema: public; Owner: a\nCOPY public.posts (id, title) FROM stdin;\n${rows.join('\n')}\n\\.\n`;
  const job = await jobOf(target, text);
  const [chunk] = await chunksOf(job);
  let calls = 0;
  for (let more = true; more; calls++) {
    // Time for the statements, and for a piece of rows more than the call before.
    let looks = 0;
    const remaining = () => (looks++ < 3 ? 600_000 : 0);
    ({ more } = await copyDatabaseChunk({ ...job, remaining }, chunk!));
    if (calls > 200) throw new Error('No end of calls.');
  }
  expect(calls).toBeGreaterThan(2);
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  const [found] = await target.ask(
    'SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids, sum(length(title))::int AS length FROM posts',
  );
  expect(found).toEqual({ n: 20_000, ids: 20_000, length: 20_000 * (19.5 + 3) });
});
