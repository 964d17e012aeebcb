import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import type { ConnectionCheck } from '../../functions/case/connection-check.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { checkConnection } from '../../functions/migration/check-connection.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { allowLegacyAlgorithms } from '../../functions/migration/web/tree-contact.ts';
import { now, sampleCase, submitted } from '../case/sample-case.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { selfSigned } from './ftp/certificates.ts';
import { type FtpServer, startFtpServer } from './ftp/ftp-server.ts';
import { MemoryVault } from './memory-ports.ts';

/** What real servers show of themselves, and what of it is pinned. */
const c = sampleCase({
  forms: { 'source-access': submitted('source-access', { confided: 'x', host: 'h' }) },
});

function world(access: WebAccess) {
  const vault = new MemoryVault();
  const ports = {
    vault,
    clock: { now: () => now },
    settings: { allowedAddresses: ['127.0.0.0/8'] },
    remaining: () => 900_000,
  } as unknown as Ports;
  const confided = vault.put(c.id, 'source-web.x', JSON.stringify(access));
  const check = async (): Promise<ConnectionCheck> => {
    await confided;
    return checkConnection(ports, c, 'source-web', openWebTree, '鈴木');
  };
  return { ports, vault, check };
}

describe('an FTP server', () => {
  const certificate = selfSigned();
  let server: FtpServer;
  beforeAll(async () => {
    server = await startFtpServer({ certificate });
  });
  afterAll(() => server?.stop());

  test.each(['ftps', 'ftps-implicit'] as const)(
    '%s: the certificate, whose it is and until when',
    async (protocol) => {
      const { vault, check } = world(server.access(protocol));
      const { remarks, ...shown } = await check();
      expect(shown).toEqual({
        at: now.toISOString(),
        by: '鈴木',
        confided: 'x',
        protocol,
        outcome: 'reached',
        hostKey: certificate.fingerprint,
        firstContact: true,
        certificate: {
          fingerprint: certificate.fingerprint,
          subject: expect.stringMatching(/./),
          issuer: expect.stringMatching(/./),
          validFrom: expect.stringMatching(/^20\d\d-.*Z$/),
          validTo: expect.stringMatching(/^20\d\d-.*Z$/),
          verified: false,
        },
        entries: 0,
      });
      expect(remarks[0]).toContain('認証局で検証できません');
      expect(await vault.get(c.id, 'source-web.x.host-key')).toBe(certificate.fingerprint);
      expect((await check()).firstContact).toBeUndefined();
    },
  );

  test('without encryption: no key, and a warning', async () => {
    const { vault, check } = world(server.access('ftp'));
    const { outcome, hostKey, certificate: none, remarks } = await check();
    expect([outcome, hostKey, none]).toEqual(['reached', undefined, undefined]);
    expect(remarks.join()).toContain('暗号化されていないFTP');
    expect(await vault.get(c.id, 'source-web.x.host-key')).toBeUndefined();
  });

  test('another certificate than the pinned one', async () => {
    const { vault, check } = world(server.access('ftps'));
    await vault.put(c.id, 'source-web.x.host-key', 'verified');
    expect(await check()).toMatchObject({
      outcome: 'key-changed',
      hostKey: 'verified',
      shownKey: certificate.fingerprint,
    });
    expect(await vault.get(c.id, 'source-web.x.host-key')).toBe('verified');
  });

  test('a wrong password, and a folder that is not there', async () => {
    const access = server.access('ftps');
    const wrong = await world({ ...access, password: 'planted-secret-4711' }).check();
    expect(wrong).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('ログインできません'),
    });
    expect(JSON.stringify(wrong)).not.toContain('planted-secret');
    const missing = await world({ ...access, root: 'none' }).check();
    expect(missing).toMatchObject({ outcome: 'failed', message: expect.stringContaining('フォルダ') });
  });
});

describe('an SSH server', () => {
  const servers: OpenSshServer[] = [];
  const start = async (config: readonly string[] = [], hostKeyKind = 'ed25519') => {
    const server = await startOpenSsh({ config: [...config], hostKeyKind });
    servers.push(server);
    const { port, user, privateKey, folder } = server;
    const access: WebAccess = { protocol: 'sftp', host: '127.0.0.1', port, user, privateKey, root: folder };
    return { server, ...world(access) };
  };
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });

  test('its host key as OpenSSH prints it, and whether a shell answers', async () => {
    const { server, check } = await start(['ForceCommand none']);
    expect(await check()).toMatchObject({
      outcome: 'reached',
      protocol: 'sftp',
      hostKey: server.hostKey,
      firstContact: true,
      shell: true,
    });
    const restricted = await start();
    expect(await restricted.check()).toMatchObject({ outcome: 'reached', shell: false });
  });

  test('one that knows only what was usual in 2010 is reached once that is allowed', async () => {
    const old = [
      'KexAlgorithms diffie-hellman-group14-sha1',
      'HostKeyAlgorithms ssh-rsa',
      'Ciphers aes128-cbc,3des-cbc',
      'MACs hmac-sha1',
      'PubkeyAcceptedAlgorithms +ssh-rsa',
    ];
    const { server, ports, check } = await start(old, 'rsa');
    expect(await check()).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('「古い暗号方式も許可する」'),
    });
    await allowLegacyAlgorithms(ports, c, 'source-web', true);
    expect(await check()).toMatchObject({ outcome: 'reached', hostKey: server.hostKey });
  });

  test('what is confided besides stays when old algorithms are allowed', async () => {
    const { ports, vault, check } = await start();
    await check();
    const before = JSON.parse((await vault.get(c.id, 'source-web.x'))!);
    await vault.put(c.id, 'source-web.x', JSON.stringify({ ...before, owner: { user: 33, group: 33 } }));
    await allowLegacyAlgorithms(ports, c, 'source-web', true);
    const after = JSON.parse((await vault.get(c.id, 'source-web.x'))!);
    expect(after).toEqual({ ...before, owner: { user: 33, group: 33 }, legacyAlgorithms: true });
    expect(await check()).toMatchObject({ outcome: 'reached', legacyAlgorithms: true });
  });

  test('another host key than the pinned one', async () => {
    const { server, vault, check } = await start();
    const pinned = `SHA256:${'A'.repeat(43)}`;
    await vault.put(c.id, 'source-web.x.host-key', pinned);
    expect(await check()).toMatchObject({
      outcome: 'key-changed',
      hostKey: pinned,
      shownKey: server.hostKey,
    });
  });
});
