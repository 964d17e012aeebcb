import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import { createDatabaseTarget } from '../../../functions/migration/database/create-target.ts';
import { MysqlEnd } from '../../../functions/migration/database/mysql/ends.ts';
import { grantBeyond, rightsFrom } from '../../../functions/migration/database/mysql/rights.ts';
import { surveyDatabase } from '../../../functions/migration/database/survey-database.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { MemoryVault } from '../memory-ports.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { jobFor, ledgerOf, move } from './run-job.ts';

let server: MariadbServer;
let ssh: OpenSshServer;
let sql: Connection;
const policy = { allowedAddresses: ['127.0.0.0/8'] };

beforeAll(async () => {
  server = await startMariadb();
  ssh = await startOpenSsh({ config: ['AllowTcpForwarding yes'] });
  sql = await session(server);
  // 'あい' as its UTF-8 bytes in a latin1 column, and each of those bytes as a character in a UTF-8 column.
  await sql.query(`CREATE DATABASE source CHARACTER SET utf8mb4; USE source;
    CREATE TABLE texts (id INT PRIMARY KEY, bytes VARCHAR(100) CHARACTER SET latin1, twice TEXT CHARACTER SET utf8mb4, fine TEXT CHARACTER SET utf8mb4) DEFAULT CHARSET=utf8mb4;
    INSERT INTO texts VALUES (1, CAST(_latin1 X'E38182E38184' AS CHAR CHARACTER SET latin1), CONVERT(CAST(_latin1 X'E38182F09F9880' AS CHAR CHARACTER SET latin1) USING utf8mb4), '〜①髙㈱𠮷ｶﾅ'),
      (2, 'caf\u00e9', '正しい文', 'x'), (3, NULL, 'na\u00efve', ''), (4, 'plain', 'plain', 'plain');
    CREATE TABLE old (n INT) ENGINE=MyISAM; CREATE DATABASE moved;
    CREATE USER reader@'%' IDENTIFIED BY 'pw'; GRANT SELECT ON source.* TO reader@'%'`);
});

afterAll(async () => {
  await sql?.end();
  await Promise.all([server?.stop(), ssh?.stop()]);
});

test('the survey tells the version, what rights are missing, and which characters are encoded twice', async () => {
  const reader = { ...accessTo(server, 'source'), user: 'reader', password: 'pw' };
  const { facts, findings } = await surveyDatabase(reader, policy);
  expect(facts.find(({ item }) => item === 'データベースの種類')?.value).toMatch(/^MariaDB \d+\.\d+\.\d+$/);
  expect(facts.find(({ item }) => item === '読み取りの一貫性')?.value).toContain('権限がありません');
  expect(JSON.stringify({ facts, findings })).not.toMatch(/pw'|PASSWORD/);
  const doubled = findings.filter(({ item }) => item.includes('二重エンコード'));
  expect(doubled.map(({ location }) => location).sort()).toEqual(['texts.bytes', 'texts.twice']);
  expect(doubled.find(({ location }) => location === 'texts.twice')?.item).toContain('修復後「あ😀」');
  expect(findings.some(({ item }) => item.includes('MyISAM'))).toBe(true);
  expect(findings.some(({ item }) => item.includes('TRIGGER'))).toBe(true);
  // A right is granted by whoever runs the server: nothing that a quote may charge for.
  expect(findings.filter(({ item, hours }) => item.includes('権限') && hours > 0)).toEqual([]);
});

test('what was approved is repaired, what was right stays, and nothing becomes a question mark', async () => {
  const options = { repairDoubleEncoding: ['texts.bytes', 'texts.twice'], connections: 2 };
  const job = jobFor(accessTo(server, 'source'), accessTo(server, 'moved'), { options });
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(await query(sql, 'SELECT bytes, twice, fine FROM moved.texts ORDER BY id')).toEqual([
    { bytes: 'あい', twice: 'あ😀', fine: '〜①髙㈱𠮷ｶﾅ' },
    { bytes: 'caf\u00e9', twice: '正しい文', fine: 'x' },
    { bytes: null, twice: 'na\u00efve', fine: '' },
    { bytes: 'plain', twice: 'plain', fine: 'plain' },
  ]);
  const altered = (await ledgerOf(job)).filter(
    ({ name, outcome }) => name === 'texts' && outcome === 'altered',
  );
  expect(altered.map(({ kind }) => kind).sort()).toEqual(['rows', 'table']);
});

test('a repaired column that is written like its table by default is no difference', async () => {
  await sql.query(`CREATE DATABASE site CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; CREATE DATABASE new_site;
    CREATE TABLE site.posts (id INT PRIMARY KEY, title TEXT) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
    INSERT INTO site.posts VALUES (1, CONVERT(CAST(_latin1 X'E38182' AS CHAR CHARACTER SET latin1) USING utf8mb4))`);
  const options = { repairDoubleEncoding: ['posts.title'], connections: 2 };
  const job = jobFor(accessTo(server, 'site'), accessTo(server, 'new_site'), { options });
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  expect(await query(sql, 'SELECT title FROM new_site.posts')).toEqual([{ title: 'あ' }]);
});

test('through an SSH server, whose key is pinned', async () => {
  const tunnel = {
    host: '127.0.0.1',
    port: ssh.port,
    user: ssh.user,
    privateKey: ssh.privateKey,
    hostKey: ssh.hostKey,
  };
  const end = new MysqlEnd({ ...accessTo(server, 'source'), tunnel }, '移行元', policy);
  await end.connect();
  await end.close();
  const other = { ...tunnel, hostKey: 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
  const refused = new MysqlEnd({ ...accessTo(server, 'source'), tunnel: other }, '移行元', policy);
  await expect(refused.connect()).rejects.toThrow('ホスト鍵');
  await refused.close();
});

test('over TLS, whose certificate is verified or pinned', async () => {
  const folder = server.folder;
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
      ...subject,
    ],
    { stdio: 'ignore' },
  );
  if (process.getuid?.() === 0) for (const file of [key, certificate]) chownSync(file, 65_534, 65_534);
  const secure = await startMariadb([`--ssl-key=${key}`, `--ssl-cert=${certificate}`]);
  const ca = execFileSync('cat', [certificate]).toString();
  const printed = execFileSync('openssl', [
    'x509',
    '-in',
    certificate,
    '-noout',
    '-fingerprint',
    '-sha256',
  ]).toString();
  const base: DatabaseServer = { ...accessTo(secure, 'mysql'), host: 'localhost', tls: 'verified' };
  const attempt = async (more: Partial<DatabaseServer>) => {
    const end = new MysqlEnd({ ...base, ...more }, '移行元', policy);
    try {
      await end.connect();
    } finally {
      await end.close();
    }
  };
  await attempt({ certificateAuthority: ca });
  await expect(attempt({})).rejects.toThrow('証明書を確認できません');
  await expect(attempt({ certificateAuthority: ca, host: '127.0.0.1' })).rejects.toThrow(
    '証明書を確認できません',
  );
  await attempt({ tls: 'encrypted', certificate: printed.trim().split('=')[1]! });
  await expect(attempt({ tls: 'encrypted', certificate: Array(32).fill('AA').join(':') })).rejects.toThrow(
    '登録と異なります',
  );
  await secure.stop();
});

test('a host that is ours is not connected to, and an error holds no password', async () => {
  for (const host of ['127.0.0.1', '0x7f.1', '169.254.169.254', '10.0.0.1']) {
    const end = new MysqlEnd({ ...accessTo(server, 'source'), host, password: 'planted-secret' }, '移行元', {
      allowedAddresses: [],
    });
    await expect(end.connect()).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.not.stringContaining('planted-secret'),
    });
  }
  const wrong = new MysqlEnd(
    { ...accessTo(server, 'source'), user: 'reader', password: 'planted-secret' },
    '移行元',
    policy,
  );
  const error = await wrong.connect().catch((reason: Error) => reason);
  expect(error).toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('ログインできません'),
  });
  expect(`${JSON.stringify(error)}${(error as Error).stack}`).not.toContain('planted-secret');
  await wrong.close();
});

test('a new database has a user of its own with a password that only the vault knows', async () => {
  const vault = new MemoryVault();
  const keep = { vault, caseId: 'HK-TEST', name: 'target-database' };
  const password = await createDatabaseTarget(
    accessTo(server, ''),
    { database: 'new_one', user: 'site', hosts: ['%'] },
    keep,
    policy,
  );
  expect(password).toMatch(/^[A-Za-z2-9]{24}$/);
  expect(JSON.parse((await vault.get('HK-TEST', 'target-database'))!)).toEqual({ password, whole: true });
  const own = await session({ ...server, user: 'root' });
  const grants = await query(own, "SHOW GRANTS FOR site@'%'");
  await own.end();
  expect(
    grantBeyond(
      grants.map((row) => String(Object.values(row)[0])),
      'new_one',
    ),
  ).toBeUndefined();
  const end = new MysqlEnd({ ...accessTo(server, 'new_one'), user: 'site', password }, '移行先', policy);
  await end.connect();
  await end.close();
  await expect(
    createDatabaseTarget(
      accessTo(server, ''),
      { database: 'new_one', user: 'b', hosts: [] },
      { ...keep, name: 'other' },
      policy,
    ),
  ).rejects.toThrow('既にあります');
  // A crash before the end: the next call finishes what this one began, with the password that it kept.
  await vault.put('HK-TEST', 'target-database', JSON.stringify({ password, whole: false }));
  const wanted = { database: 'new_one', user: 'site', hosts: ['%'] };
  expect(await createDatabaseTarget(accessTo(server, ''), wanted, keep, policy)).toBe(password);
});

test.each([
  [
    ["GRANT ALL PRIVILEGES ON *.* TO `root`@`%` IDENTIFIED BY PASSWORD '*AB' WITH GRANT OPTION"],
    { reload: true, routines: true },
    false,
  ],
  [
    ['GRANT USAGE ON *.* TO `a`@`%`', 'GRANT SELECT, LOCK TABLES ON `shop`.* TO `a`@`%`'],
    { select: true, lockTables: true, reload: false },
    true,
  ],
  [
    ['GRANT USAGE ON *.* TO `a`@`%`', 'GRANT ALL PRIVILEGES ON `sh\\_op`.* TO `a`@`%`'],
    { select: false },
    false,
  ],
  [['GRANT USAGE ON *.* TO `a`@`%`', 'GRANT SELECT ON `sho_`.* TO `a`@`%`'], { select: true }, false],
  [['GRANT USAGE ON *.* TO `a`@`%`', 'GRANT ALL PRIVILEGES ON `sh%`.* TO `a`@`%`'], { select: true }, false],
  [['GRANT FILE ON *.* TO `a`@`%`', 'GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`'], { select: true }, false],
  [['GRANT `everything` TO `a`@`%`'], { select: false }, false],
])('%j', (grants, rights, alone) => {
  expect(rightsFrom(grants, 'shop')).toMatchObject(rights);
  expect(rightsFrom(grants, 'shop').grants.join()).not.toContain('*AB');
  expect(grantBeyond(grants, 'shop') === undefined).toBe(alone);
});

test('a server that answers with a request for a file gets none', async () => {
  const sent: Buffer[] = [];
  const hostile = await startHostile(sent);
  const { port } = hostile.address() as { port: number };
  const end = new MysqlEnd({ ...accessTo(server, 'source'), port }, '移行元', policy);
  await expect(end.connect()).rejects.toMatchObject({
    name: expect.stringMatching(/^(Transient|Terminal)Error$/),
  });
  await end.close();
  expect(Buffer.concat(sent).toString('latin1')).not.toContain('root:');
  // The log-in does not offer CLIENT_LOCAL_FILES either.
  expect(sent[0]!.readUInt32LE(4) & 0x80).toBe(0);
  await new Promise((resolve) => hostile.close(resolve));
});

/** Greets like MySQL, accepts anybody, and answers every statement by asking for /etc/passwd. */
async function startHostile(sent: Buffer[]): Promise<Server> {
  const packet = (number: number, payload: Buffer) =>
    Buffer.concat([Buffer.of(payload.length, 0, 0, number), payload]);
  const greeting = Buffer.concat([
    Buffer.of(10),
    Buffer.from('5.7.0\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.alloc(8, 0x41),
    Buffer.of(0, 0xff, 0xf7, 33, 2, 0, 0xff, 0x80, 21),
    Buffer.alloc(10),
    Buffer.alloc(12, 0x42),
    Buffer.from('\0mysql_native_password\0'),
  ]);
  const hostile = createServer((socket) => {
    let logged = false;
    socket.on('error', () => undefined);
    socket.write(packet(0, greeting));
    socket.on('data', (piece) => {
      sent.push(piece);
      if (!logged) socket.write(packet(2, Buffer.of(0, 0, 0, 2, 0, 0, 0)));
      else if (piece[4] === 3)
        socket.write(packet(1, Buffer.concat([Buffer.of(0xfb), Buffer.from('/etc/passwd')])));
      else socket.write(packet((piece[3]! + 1) & 0xff, Buffer.of(0, 0, 0, 2, 0, 0, 0)));
      logged = true;
    });
  });
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
  return hostile;
}
