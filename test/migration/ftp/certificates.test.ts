import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { webAccess } from '../../../functions/case/access.ts';
import { openWebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { selfSigned, signed } from './certificates.ts';
import { type FtpServer, startFtpServer } from './ftp-server.ts';

const policy = { allowedAddresses: ['127.0.0.0/8', '::1/128'], timeout: 10_000 };
const protocols = ['ftps', 'ftps-implicit'] as const;

describe('a certificate that nobody vouches for', () => {
  const certificate = selfSigned();
  let server: FtpServer;

  beforeAll(async () => {
    server = await startFtpServer({ certificate });
  });

  afterAll(() => server?.stop());

  test.each(protocols)('%s: is shown at the first contact, and holds from then on', async (protocol) => {
    const first = await openWebTree(server.access(protocol), policy);
    expect(first.hostKey).toBe(certificate.fingerprint);
    await first.close();
    const pinned = webAccess.parse({ ...server.access(protocol), hostKey: first.hostKey });
    const again = await openWebTree(pinned, policy);
    expect(again.hostKey).toBe(certificate.fingerprint);
    expect((await again.inspect(Buffer.alloc(0))).kind).toBe('directory');
    await again.close();
  });

  test.each(protocols)('%s: another one stops the work, and no password is sent', async (protocol) => {
    for (const hostKey of [selfSigned().fingerprint, 'verified']) {
      const logged = () => readFileSync(join(server.folder, 'log'), 'utf8').length;
      const before = logged();
      const access = { ...server.access(protocol), hostKey, user: 'nobody-knows', password: 'wrong' };
      await expect(openWebTree(access, policy)).rejects.toMatchObject({
        name: 'TerminalError',
        // Not: log-in failed.
        message: expect.stringContaining(certificate.fingerprint),
      });
      expect(readFileSync(join(server.folder, 'log'), 'utf8').slice(before)).not.toContain('nobody-knows');
    }
  });
});

describe('a server from before TLS 1.2', () => {
  let server: FtpServer;
  beforeAll(async () => {
    server = await startFtpServer({ tls: ['TLSProtocol TLSv1', 'TLSCipherSuite ALL:@SECLEVEL=0'] });
  });
  afterAll(() => server?.stop());

  test.each(protocols)(
    '%s: is spoken to where that is allowed for it, and said how to allow',
    async (protocol) => {
      const access = server.access(protocol);
      await expect(openWebTree(access, policy)).rejects.toMatchObject({
        name: 'TerminalError',
        message: expect.stringContaining('「古い暗号方式も許可する」'),
      });
      const tree = await openWebTree({ ...access, legacyAlgorithms: true }, policy);
      // A listing comes over a data connection: as old, and the session resumed.
      for await (const entries of tree.list(Buffer.alloc(0))) expect(entries).toEqual([]);
      await tree.close();
    },
  );
});

describe('a certificate of an authority', () => {
  const authority = signed();
  const usual = getCACertificates('default');
  let server: FtpServer;

  beforeAll(async () => {
    server = await startFtpServer({ certificate: authority });
    setDefaultCACertificates([...usual, authority.authority]);
  });

  afterAll(async () => {
    setDefaultCACertificates(usual);
    await server?.stop();
  });

  test.each(protocols)('%s: may be renewed, but not become an unknown one', async (protocol) => {
    const access = { ...server.access(protocol), host: 'localhost' };
    const tree = await openWebTree(access, policy);
    expect(tree.hostKey).toBe('verified');
    await tree.close();
    await (await openWebTree(webAccess.parse({ ...access, hostKey: 'verified' }), policy)).close();
    // By its address the server has another name than its certificate.
    const byAddress = { ...server.access(protocol), hostKey: 'verified' };
    await expect(openWebTree(byAddress, policy)).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('証明書'),
    });
    const unpinned = await openWebTree(server.access(protocol), policy);
    expect(unpinned.hostKey).toBe(authority.fingerprint);
    await unpinned.close();
  });
});
