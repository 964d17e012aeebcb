import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDatabaseTarget } from '../../../functions/migration/database/create-target.ts';
import { identityOf, pinned } from '../../../functions/migration/database/pin-server.ts';
import { PostgresqlEnd } from '../../../functions/migration/database/postgresql/ends.ts';
import { dumpSchema } from '../../../functions/migration/database/postgresql/pg-dump.ts';
import { surveyDatabase } from '../../../functions/migration/database/survey-database.ts';
import { type PostgresqlServer, startPostgresql } from '../../servers/postgresql.ts';
import { MemoryVault } from '../memory-ports.ts';
import { access, run } from './postgresql-source.ts';

let server: PostgresqlServer;
let fingerprint: string;
let identity: { key: Buffer; cert: Buffer };
const policy = { allowedAddresses: ['127.0.0.0/8'] };

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  identity = { key: readFileSync(key), cert: readFileSync(certificate) };
  chmodSync(folder, 0o755);
  chmodSync(key, 0o600);
  if (process.getuid?.() === 0) for (const file of [key, certificate]) chownSync(file, 65_534, 65_534);
  const look = ['x509', '-in', certificate, '-noout', '-fingerprint', '-sha256'];
  fingerprint = execFileSync('openssl', look).toString().trim().split('=')[1]!;
  server = await startPostgresql(['ssl=on', `ssl_key_file=${key}`, `ssl_cert_file=${certificate}`]);
  await run(server, 'postgres', 'CREATE DATABASE shop; ');
  await run(
    server,
    'shop',
    'CREATE TABLE posts (id int PRIMARY KEY); CREATE TABLE keyless (t text); ALTER TABLE posts ENABLE ROW LEVEL SECURITY; CREATE ROLE reader LOGIN; CREATE TABLE shared (id int PRIMARY KEY); GRANT SELECT ON shared TO reader',
  );
});

afterAll(async () => {
  await server?.stop();
});

test('the survey tells version, encoding, what may not be read and what has no key', async () => {
  const { facts, findings } = await surveyDatabase({ ...access(server, 'shop'), user: 'reader' }, policy);
  expect(facts.find(({ item }) => item === 'データベースの種類')?.value).toMatch(/^PostgreSQL \d+/);
  expect(facts.find(({ item }) => item === '文字コードと照合順序')?.value).toContain('UTF8');
  expect(findings.filter(({ severity }) => severity === 'blocker').map(({ location }) => location)).toEqual([
    'public.keyless',
    'public.posts',
  ]);
  expect(findings.some(({ item }) => item.includes('行セキュリティ'))).toBe(true);
  expect(findings.find(({ item }) => item.includes('ほかのロール'))?.location).toBe('public.shared');
});

test('a new database belongs to a role of its own, and to nobody else', async () => {
  const vault = new MemoryVault();
  const keep = { vault, caseId: 'HK-TEST', name: 'target-database.m.made.1' };
  const wanted = { database: 'new_one', user: 'site', hosts: [] };
  const password = await createDatabaseTarget(access(server, 'postgres'), wanted, keep, policy);
  expect(password).toMatch(/^[A-Za-z2-9]{24}$/);
  const { rows } = await run(
    server,
    'new_one',
    "SELECT pg_get_userbyid(datdba) AS owner, has_database_privilege('reader', 'new_one', 'CONNECT') AS open FROM pg_database WHERE datname = 'new_one'",
  );
  expect(rows).toEqual([{ owner: 'site', open: false }]);
  const again = { ...keep, name: 'other' };
  await expect(
    createDatabaseTarget(access(server, 'postgres'), { ...wanted, database: 'other' }, again, policy),
  ).rejects.toThrow('既にあります');
});

test('the first contact pins the certificate; another one stops the work', async () => {
  const vault = new MemoryVault();
  const keep = { vault, caseId: 'HK-TEST', end: '移行元' as const, name: 'source-database.s' };
  const encrypted = { ...access(server, 'shop'), tls: 'encrypted' as const };
  expect(await identityOf(encrypted, '移行元', policy)).toEqual({ certificate: fingerprint });
  expect((await pinned(keep, encrypted, policy)).certificate).toBe(fingerprint);
  expect(await vault.get('HK-TEST', 'source-database.s.certificate')).toBe(fingerprint);
  const wrong = { ...encrypted, database: 'nowhere' };
  await expect(identityOf(wrong, '移行先', policy)).rejects.toThrow(/^移行先: .*その名前のデータベース/);
  const other = new PostgresqlEnd(
    { ...encrypted, certificate: Array(32).fill('AA').join(':') },
    '移行元',
    policy,
  );
  await expect(other.connect()).rejects.toThrow('登録と異なります');
  await expect(dumpSchema(other, 'pre-data')).rejects.toThrow('登録と異なります');
  await other.close();
  const known = new PostgresqlEnd({ ...encrypted, certificate: fingerprint }, '移行元', policy);
  expect(await dumpSchema(known, 'pre-data')).toContain('CREATE TABLE public.posts');
  await known.close();
});

test('a server that is not the pinned one is told no password', async () => {
  const heard: Buffer[] = [];
  const impostor = createServer((plain) => {
    plain.on('error', () => undefined);
    plain.once('data', () => {
      plain.write('S');
      const stream = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(identity) });
      stream.on('error', () => undefined);
      // To whatever comes: AuthenticationCleartextPassword.
      stream.on('data', (piece) => {
        heard.push(piece);
        stream.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
      });
    });
  });
  await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
  const { port } = impostor.address() as { port: number };
  const asked = async (certificate: string) => {
    const other = { ...access(server, 'shop'), port, tls: 'encrypted' as const, certificate };
    const end = new PostgresqlEnd({ ...other, password: 'planted-password' }, '移行元', policy);
    const error = await end.connect().catch((reason: Error) => reason);
    await end.close();
    return (error as Error).message;
  };
  expect(await asked(Array(32).fill('AA').join(':'))).toContain('登録と異なります');
  expect(Buffer.concat(heard).toString('latin1')).not.toContain('planted-password');
  impostor.close();
});
