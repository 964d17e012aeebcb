import { getDiffieHellman } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Reading } from '../../functions/migration/web/file-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { ServersGroup } from '../../functions/migration/web/sftp/group-exchange.ts';
import { startOpenSsh } from '../servers/openssh.ts';

const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 20_000, pauses: [] };
let stop: () => Promise<void> = async () => undefined;

afterEach(() => stop());

/** sshd with nothing else than this. */
async function start(config: readonly string[]) {
  const server = await startOpenSsh({ hostKeyKind: 'rsa', config: ['ForceCommand none', ...config] });
  stop = server.stop;
  const root = join(server.folder, 'www');
  mkdirSync(root);
  return { protocol: 'sftp' as const, ...server, root };
}

async function expectToMoveFiles(access: Awaited<ReturnType<typeof start>> & { legacyAlgorithms?: boolean }) {
  const tree = await openWebTree(access, policy);
  try {
    expect(tree.hostKey).toBe(access.hostKey);
    expect(await tree.hasShell?.()).toBe(true);
    const attributes = { mode: 0o644, mtime: 1_000_000_000 };
    const files = Array.from({ length: 8 }, (_, number) => ({
      path: Buffer.from(`f${number}`),
      content: Buffer.alloc(number * 70_001, String(number)),
      attributes,
    }));
    expect(await tree.writeMany(files)).toEqual(files.map(() => undefined));
    const wanted = files.map(({ path, content }) => ({ path, size: content.length }));
    for (const [at, read] of (await tree.readMany(wanted)).entries()) {
      expect((read as Reading).content.equals(files[at]!.content)).toBe(true);
    }
    const one = await tree.read(Buffer.from('f7'), 0, 1_000_000);
    expect(one.content.equals(readFileSync(join(access.root, 'f7')))).toBe(true);
  } finally {
    await tree.close();
  }
}

describe('an OpenSSH that knows nothing better', () => {
  it.each([
    ['2012', ['diffie-hellman-group14-sha1', 'ssh-rsa', 'aes128-cbc', 'hmac-sha1']],
    ['2005', ['diffie-hellman-group1-sha1', 'ssh-rsa', '3des-cbc', 'hmac-md5']],
    ['hardened then', ['diffie-hellman-group-exchange-sha1', 'ssh-rsa', 'aes256-cbc', 'hmac-sha1-96']],
  ])('than in %s is refused, and served where that is allowed for it', async (_, [kex, key, cipher, mac]) => {
    const access = await start([
      ...[`KexAlgorithms ${kex}`, `HostKeyAlgorithms ${key}`, `Ciphers ${cipher}`, `MACs ${mac}`],
    ]);
    await expect(openWebTree(access, policy)).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('「古い暗号方式も許可する」'),
    });
    await expectToMoveFiles({ ...access, legacyAlgorithms: true });
  });

  it('than groups of its own is served without that, also with the largest', async () => {
    await expectToMoveFiles(
      await start(['KexAlgorithms diffie-hellman-group-exchange-sha256', 'Ciphers aes256-ctr']),
    );
  });
});

describe('a group that the server chose', () => {
  const known = getDiffieHellman('modp14');
  const [prime, generator] = [known.getPrime(), known.getGenerator()];

  it('gives both sides the same secret', () => {
    for (let round = 0; round < 3; round += 1) {
      const ours = new ServersGroup(prime, generator);
      const publicKey = ours.generateKeys();
      known.generateKeys();
      expect(ours.computeSecret(known.getPublicKey())).toEqual(withoutZeros(known.computeSecret(publicKey)));
      expect([ours.getPrime(), ours.getGenerator()]).toEqual([prime, generator]);
    }
  });

  it('is refused where it is too small, too large, or no group', () => {
    const small = getDiffieHellman('modp5').getPrime();
    for (const [p, g] of [
      [small, generator],
      [Buffer.alloc(1025, 0xff), generator],
      [prime, Buffer.of(1)],
      [prime, Buffer.alloc(0)],
      [prime, prime],
    ] as const) {
      expect(() => new ServersGroup(p, g)).toThrow('group');
    }
    const group = new ServersGroup(prime, generator);
    for (const theirs of [Buffer.of(0), Buffer.of(1), prime, Buffer.concat([Buffer.of(1), prime])]) {
      expect(() => group.computeSecret(theirs)).toThrow('public key');
    }
  });
});

function withoutZeros(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}
