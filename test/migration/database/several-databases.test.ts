import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Case, TransferSummary } from '../../../functions/case/case.ts';
import type { Ports } from '../../../functions/case/ports.ts';
import { databaseEngine } from '../../../functions/migration/database/database-engine.ts';
import type { DatabaseLine } from '../../../functions/migration/database/line.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readProgress } from '../../../functions/migration/progress.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { sampleCase, submitted } from '../../case/sample-case.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { MemoryObjects, MemoryVault } from '../memory-ports.ts';
import { query, session } from './mysql-source.ts';

let source: MariadbServer;
let target: MariadbServer;
let ssh: OpenSshServer;
const [objects, vault] = [new MemoryObjects(), new MemoryVault()];
const c: Case = sampleCase({
  plans: ['web', 'database'],
  forms: {
    'source-access': submitted('source-access', { confided: 's' }),
    'migration-details': submitted('migration-details', { confided: 'm' }),
  },
});
const ports = {
  records: { load: async () => c },
  clock: { now: () => new Date() },
  settings: { allowedAddresses: ['127.0.0.0/8'] },
  remaining: () => 600_000,
  objects,
  vault,
} as unknown as Ports;
const first = { caseId: c.id, plan: 'database', run: 1 } as const;

beforeAll(async () => {
  [source, target, ssh] = await Promise.all([
    startMariadb(),
    startMariadb(),
    startOpenSsh({ config: ['AllowTcpForwarding yes'] }),
  ]);
  const sql = await session(source);
  for (const name of ['shop', 'blog']) {
    await sql.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name};
      CREATE TABLE posts (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(50));
      INSERT INTO posts (title) VALUES ('${name} の 1'), ('${name} の 2'), ('髙㈱😀')`);
  }
  await sql.end();
  const { port, user, privateKey } = ssh;
  const web = { protocol: 'sftp', host: '127.0.0.1', port, user, privateKey, root: '/tmp' };
  const logIn = (database: string, user: string) => ({ database, user, password: '' });
  const server = { engine: 'mysql', host: '127.0.0.1', tls: 'none' };
  await vault.put(c.id, 'source-web.s', JSON.stringify(web));
  await vault.put(
    c.id,
    'source-database.s',
    JSON.stringify({
      ...server,
      way: 'web',
      port: source.port,
      databases: [logIn('shop', 'root'), logIn('blog', 'root')],
    }),
  );
  await vault.put(
    c.id,
    'target-database.m',
    JSON.stringify({
      ...server,
      way: 'direct',
      port: target.port,
      databases: [logIn('new_shop', 'shop_user'), logIn('new_blog', 'blog_user')],
      administrator: { user: 'root', password: '' },
    }),
  );
});

afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop(), ssh?.stop()]);
});

async function transfer(run: number, beforeVerify = async () => {}): Promise<TransferSummary> {
  const named = { ...first, run };
  const { chunksKey } = (await databaseEngine.takeInventory(ports, named)) as unknown as {
    chunksKey: string;
  };
  for await (const { chunk } of readLines<{ chunk: number }>(objects, chunksKey)) {
    expect(await databaseEngine.copyChunk(ports, named, chunk)).toEqual({ more: false });
  }
  const progress = await readProgress(objects, c.id, 'database', run);
  expect(progress).toMatchObject({ phase: 'copy', objects: { total: 4, done: 2 } });
  await beforeVerify();
  expect(await databaseEngine.verifyTransfer(ports, named)).toMatchObject({ more: false, unexplained: 0 });
  expect((await readProgress(objects, c.id, 'database', run)).phase).toBe('done');
  const summary = (await readSummary(objects, named))!;
  c.transfers.push(summary);
  return summary;
}

test('two databases move through the web server’s SSH into databases that are made for them', async () => {
  const summary = await transfer(1);
  expect(summary).toMatchObject({ plan: 'database', run: 1, objects: 4, moved: 4, skipped: 0 });
  expect(summary.bytes).toBeGreaterThan(60);
  const there = await session(target);
  expect(await query(there, 'SELECT title FROM new_blog.posts ORDER BY id')).toEqual([
    { title: 'blog の 1' },
    { title: 'blog の 2' },
    { title: '髙㈱😀' },
  ]);
  const paths: string[] = [];
  for await (const { path } of readLines<DatabaseLine>(objects, summary.ledgerKey)) paths.push(path!);
  expect(paths.map((path) => path.split('/')[1]).sort()).toEqual([
    'new_blog',
    'new_blog',
    'new_shop',
    'new_shop',
  ]);
  await there.end();
  expect(await vault.get(c.id, 'source-web.s.host-key')).toBe(ssh.hostKey);
});

test('a second run moves what has changed, and another SSH server in its place stops it', async () => {
  const sql = await session(source, 'blog');
  await sql.query("INSERT INTO posts (title) VALUES ('あと')");
  await sql.end();
  const summary = await transfer(2, async () => {
    const shop = await session(source, 'shop');
    await shop.query("UPDATE posts SET title = '照合の前' LIMIT 1");
    await shop.end();
  });
  expect(summary).toMatchObject({ objects: 4, moved: 1, unchanged: 3 });
  expect(summary.remarks).toEqual([expect.stringMatching(/^new_shop: .*1件/)]);
  const there = await session(target);
  expect(await query(there, 'SELECT COUNT(*) AS n FROM new_blog.posts')).toEqual([{ n: '4' }]);
  await there.end();
  const hostKey = 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  await vault.put(c.id, 'source-web.s.host-key', hostKey);
  await expect(databaseEngine.takeInventory(ports, { ...first, run: 3 })).rejects.toThrow('ホスト鍵');
});
