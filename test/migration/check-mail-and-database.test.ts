import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../functions/case/case.ts';
import type { CheckedServer, ConnectionCheck } from '../../functions/case/connection-check.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { checkConnection } from '../../functions/migration/check-connection.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { now, sampleCase, submitted } from '../case/sample-case.ts';
import { type Dovecot, startDovecot } from '../servers/dovecot.ts';
import { type MariadbServer, startMariadb } from '../servers/mariadb.ts';
import { type SelfSigned, selfSigned } from '../servers/self-signed.ts';
import { query, session } from './database/mysql-source.ts';
import { MemoryVault } from './memory-ports.ts';

/** What an engineer learns of mail and database servers before the night of the move. */
function world(plan: Plan, server: CheckedServer, secrets: Record<string, unknown>) {
  const form = server.startsWith('source') ? 'source-access' : 'migration-details';
  const value = {
    confided: 'x',
    mailProtocol: 'imap',
    databaseAccess: 'login',
    targetMailSecurity: 'tls',
    targetDatabaseWay: 'direct',
    targetDatabaseEngine: 'mysql',
  };
  const forms = {
    'source-access': submitted('source-access', value),
    [form]: submitted(form, value),
  };
  const c = sampleCase({ plans: [plan], forms });
  const vault = new MemoryVault();
  const confided = Promise.all(
    Object.entries(secrets).map(([name, secret]) => vault.put(c.id, `${name}.x`, JSON.stringify(secret))),
  );
  const ports = {
    vault,
    clock: { now: () => now },
    settings: { allowedAddresses: ['127.0.0.0/8'] },
    remaining: () => 900_000,
  } as unknown as Ports;
  const pin = (key: string) => vault.put(c.id, `${server}.x.certificate`, key);
  const pinned = () => vault.get(c.id, `${server}.x.certificate`);
  const check = async (): Promise<ConnectionCheck> => {
    await confided;
    return checkConnection(ports, c, server, openWebTree, '鈴木');
  };
  return { check, pin, pinned };
}

describe('a mail server', () => {
  let tls: SelfSigned;
  let server: Dovecot;
  const users = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`user${at}`, `planted-${at}`]));
  const accounts = Object.entries(users).map(([user, password]) => ({ user, password, targetUser: user }));
  beforeAll(async () => {
    tls = selfSigned('mail.example.jp');
    server = await startDovecot({ users, tls });
  });
  afterAll(async () => {
    await server?.stop();
    tls?.remove();
  });

  const at = (security: 'tls' | 'starttls' | 'plain') => ({
    server: {
      protocol: 'imap',
      host: '127.0.0.1',
      port: security === 'tls' ? server.tlsPort : server.port,
      security,
    },
    passwords: 'list',
    deleted: 'keep',
  });
  const source = (security: 'tls' | 'starttls' | 'plain', given: unknown[] = accounts) =>
    world('mail', 'source-mail', {
      'source-mail': at(security),
      'source-mail-accounts-1': { accounts: given },
    });

  test.each(['tls', 'starttls'] as const)(
    '%s: its certificate, and that every mailbox opens',
    async (security) => {
      const { check, pinned } = source(security);
      const fingerprint = tls.fingerprint.replaceAll(':', '').toLowerCase();
      const { remarks, ...shown } = await check();
      expect(shown).toMatchObject({
        protocol: 'imap',
        outcome: 'reached',
        hostKey: fingerprint,
        firstContact: true,
        certificate: { fingerprint, subject: 'mail.example.jp', verified: false },
        logIns: { opened: 5, tried: 5, of: 5 },
        entries: 1,
      });
      expect(remarks).toEqual([expect.stringContaining('認証局で検証できません')]);
      expect(await pinned()).toBe(fingerprint);
      expect((await check()).firstContact).toBeUndefined();
    },
  );

  test('without encryption there is no key', async () => {
    const { check, pinned } = source('plain');
    const { outcome, hostKey, certificate, remarks } = await check();
    expect([outcome, hostKey, certificate, remarks]).toEqual(['reached', undefined, undefined, []]);
    expect(await pinned()).toBeUndefined();
  });

  test.each(['verified', '0'.repeat(64)])('another certificate than the pinned one: %s', async (before) => {
    const { check, pin, pinned } = source('tls');
    await pin(before);
    expect(await check()).toMatchObject({
      outcome: 'key-changed',
      hostKey: before,
      shownKey: tls.fingerprint.replaceAll(':', '').toLowerCase(),
    });
    expect(await pinned()).toBe(before);
  });

  test('one mailbox that does not open is named, and a list that is wrong is not tried to its end', async () => {
    const wrong = (at: number) => ({ ...accounts[at]!, password: 'planted-secret-4711' });
    const one = await source('tls', [accounts[0], wrong(1), accounts[2]]).check();
    expect(one).toMatchObject({ outcome: 'reached', logIns: { opened: 2, tried: 3, of: 3 } });
    expect(one.remarks.join()).toContain('user1 のログインを断りました');
    const three = await source('tls', [accounts[0], wrong(1), wrong(2), wrong(3), accounts[4]]).check();
    expect(three.logIns).toEqual({ opened: 1, tried: 3, of: 5 });
    const none = await source('tls', [wrong(0), wrong(1), wrong(2)]).check();
    expect(none).toMatchObject({ outcome: 'failed', message: expect.stringContaining('user0') });
    expect(none.message).not.toContain('user2');
    expect(JSON.stringify([one, three, none])).not.toContain('planted-secret');
  });

  test('a target whose accounts are still to be made is asked for its certificate alone', async () => {
    const target = (way: string) =>
      world('mail', 'target-mail', {
        'source-mail-accounts-1': { accounts },
        'target-mail': { server: at('tls').server, targets: [], verify: 'sample', creation: { way } },
      }).check();
    expect(await target('none')).toMatchObject({ outcome: 'reached', logIns: { opened: 5, tried: 5 } });
    const { logIns, remarks, outcome } = await target('panel');
    expect([outcome, logIns]).toEqual(['reached', undefined]);
    expect(remarks.join()).toContain('移行の開始時に作成する');
  });
});

describe('a database server', () => {
  let server: MariadbServer;
  let tls: SelfSigned;
  beforeAll(async () => {
    tls = selfSigned('db.example.jp');
    server = await startMariadb([`--ssl-cert=${tls.certificate}`, `--ssl-key=${tls.key}`]);
    const administrator = await session(server);
    await query(administrator, 'CREATE DATABASE shop');
    await query(administrator, 'CREATE DATABASE blog');
    await query(administrator, "CREATE USER site@'%' IDENTIFIED BY 'planted-site'");
    await query(administrator, 'GRANT ALL ON shop.* TO site');
    administrator.end();
  });
  afterAll(async () => {
    await server?.stop();
    tls?.remove();
  });

  const logIn = { database: 'shop', user: 'site', password: 'planted-site' };
  const access = (databases: unknown[], tls = 'encrypted') => ({
    way: 'direct',
    engine: 'mysql',
    ...{ host: '127.0.0.1', port: server.port, tls, databases },
  });
  const source = (databases: unknown[], tls?: string) =>
    world('database', 'source-database', { 'source-database': access(databases, tls) });

  test('its certificate, and each database that opens or does not', async () => {
    const { check, pin, pinned } = source([logIn, { ...logIn, database: 'blog' }]);
    const seen = await check();
    expect(seen).toMatchObject({
      protocol: 'mysql',
      outcome: 'reached',
      hostKey: expect.stringMatching(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/),
      firstContact: true,
      logIns: { opened: 1, tried: 2, of: 2 },
    });
    expect(seen.remarks.join()).toContain('このデータベースを使う権限がありません');
    expect(await pinned()).toBe(seen.hostKey);
    const before = 'AA:'.repeat(31).concat('AA');
    await pin(before);
    expect(await check()).toMatchObject({ outcome: 'key-changed', hostKey: before, shownKey: seen.hostKey });
    expect(await pinned()).toBe(before);
  });

  test('a wrong password fails in words', async () => {
    const wrong = await source([{ ...logIn, password: 'planted-secret-4711' }], 'none').check();
    expect(wrong).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('ログインできません'),
    });
    expect(JSON.stringify(wrong)).not.toContain('planted-secret');
  });

  test('of a target that is still to be made, its administrator is tried', async () => {
    const { engine: _, ...target } = access([{ ...logIn, database: 'new_one' }], 'none');
    const administrator = { user: server.user, password: '' };
    const { check } = world('database', 'target-database', {
      'target-database': { ...target, administrator },
    });
    expect(await check()).toMatchObject({
      outcome: 'reached',
      logIns: { opened: 1, tried: 1, of: 1 },
      remarks: [expect.stringContaining('管理者のアカウント')],
    });
  });
});
