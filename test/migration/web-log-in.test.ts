import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Algorithms } from 'ssh2';
import type { WebAccess } from '../../functions/case/access.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { freePort } from '../servers/free-port.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { type ProftpdServer, startProftpd } from '../servers/proftpd.ts';
import { startScriptedSftp } from '../servers/scripted-sftp.ts';
import { treeScript } from '../servers/tree-script.ts';

const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 };
const open = async (access: Partial<WebAccess> & { port: number; user: string }) => {
  const tree = await openWebTree({ protocol: 'sftp', host: '127.0.0.1', root: '.', ...access }, policy);
  await tree.close();
  return tree;
};
const terminal = (message: string | RegExp) => ({
  name: 'TerminalError',
  message: expect.stringMatching(message),
});

describe('logging in', () => {
  let key: OpenSshServer;
  let password: ProftpdServer;

  beforeAll(async () => {
    [key, password] = [await startOpenSsh(), await startProftpd()];
  });

  afterAll(async () => {
    await key.stop();
    await password.stop();
  });

  it('by key, and by key with a passphrase', async () => {
    const { port, user, privateKey, hostKey } = key;
    expect((await open({ port, user, privateKey, hostKey })).hostKey).toBe(hostKey);
    const file = join(key.folder, 'user');
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'ひみつの言葉', '-f', file]);
    const locked = readFileSync(file, 'utf8');
    await open({ port, user, privateKey: locked, passphrase: 'ひみつの言葉' });
    for (const passphrase of [undefined, 'wrong']) {
      const access = { port, user, privateKey: locked, ...(passphrase && { passphrase }) };
      await expect(open(access)).rejects.toMatchObject(terminal('秘密鍵'));
    }
    await expect(open({ port, user, privateKey: 'not a key' })).rejects.toMatchObject(terminal('秘密鍵'));
  });

  it('by password, and shows the host key that is to be pinned', async () => {
    const { port, user } = password;
    expect((await open({ port, user, password: password.password })).hostKey).toBe(password.hostKey);
  });

  it('by keyboard-interactive', async () => {
    const server = await startScriptedSftp({
      script: treeScript(new MemoryTree()),
      method: 'keyboard-interactive',
    });
    try {
      await open({ ...server });
      await expect(open({ ...server, password: 'wrong' })).rejects.toMatchObject(
        terminal('ログインできません'),
      );
    } finally {
      await server.stop();
    }
  });

  it.each<[string, Algorithms]>([
    ['key exchange', { kex: ['diffie-hellman-group1-sha1'] }],
    ['host key', { serverHostKey: ['ssh-rsa'] }],
    ['cipher', { cipher: ['aes128-cbc', '3des-cbc'] }],
    ['check sum', { hmac: ['hmac-md5'], cipher: ['aes128-ctr'] }],
  ])(
    'an old server’s %s is used where that is allowed for it, and said how to allow',
    async (_, algorithms) => {
      const server = await startScriptedSftp({ script: treeScript(new MemoryTree()), algorithms });
      try {
        await expect(open({ ...server })).rejects.toMatchObject(terminal('「古い暗号方式も許可する」'));
        expect(server.attempts).toEqual([]);
        const { hostKey } = await open({ ...server, legacyAlgorithms: true });
        expect(hostKey).toBe(server.hostKey);
      } finally {
        await server.stop();
      }
    },
  );

  it('a server that shares nothing even then is told apart', async () => {
    const algorithms: Algorithms = { cipher: ['aes128-gcm'] };
    const server = await startScriptedSftp({ script: treeScript(new MemoryTree()), algorithms });
    try {
      const old = open({ ...server, legacyAlgorithms: true });
      await expect(old).rejects.toMatchObject(terminal('古い暗号方式も含めて'));
    } finally {
      await server.stop();
    }
  });

  it('fails for good, without a secret in the error', async () => {
    const { port, user } = password;
    const wrong = { port, user, password: 'planted-secret-4711' };
    const error = await open(wrong).catch((caught) => caught);
    expect(error).toMatchObject(terminal('ログインできません'));
    expect(`${error.message}${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain(
      'planted-secret',
    );
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    await expect(
      open({ port: key.port, user: key.user, privateKey: other.privateKey }),
    ).rejects.toMatchObject(terminal('ログインできません'));
  });

  it('stops at another host key before the password is sent', async () => {
    const server = await startScriptedSftp({ script: treeScript(new MemoryTree()) });
    try {
      const hostKey = `SHA256:${'A'.repeat(43)}`;
      const error = await open({ ...server, hostKey }).catch((caught) => caught);
      expect(error).toMatchObject({ ...terminal('ホスト鍵'), pinned: hostKey, shown: server.hostKey });
      expect(error.message).toContain(server.hostKey);
      expect(server.attempts).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  it('finds a pinned key of another kind than the one that is negotiated first', async () => {
    const folder = key.folder;
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', join(folder, 'second')]);
    const both = await startOpenSsh({ config: [`HostKey ${folder}/second`] });
    try {
      const pinned = execFileSync('ssh-keygen', ['-lf', join(folder, 'second.pub')])
        .toString()
        .split(' ')[1]!;
      const { port, user, privateKey } = both;
      expect((await open({ port, user, privateKey, hostKey: pinned })).hostKey).toBe(pinned);
      expect((await open({ port, user, privateKey, hostKey: both.hostKey })).hostKey).toBe(both.hostKey);
    } finally {
      await both.stop();
    }
  });

  it('tells a closed port, a silent one, a missing folder and a server without SFTP apart', async () => {
    const closed = await freePort();
    await expect(open({ port: closed, user: 'x', password: 'x' })).rejects.toMatchObject(terminal('拒否'));
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const waiting = openWebTree(
      { protocol: 'sftp', host: '127.0.0.1', port, user: 'x', password: 'x', root: '.' },
      { ...policy, timeout: 1000 },
    );
    await expect(waiting).rejects.toMatchObject({ name: 'TransientError' });
    silent.close();
    const { user, hostKey } = password;
    const access = { port: password.port, user, password: password.password, hostKey };
    await expect(open({ ...access, root: 'none' })).rejects.toMatchObject(terminal('フォルダ'));
    const without = await startScriptedSftp({ script: treeScript(new MemoryTree()), withoutSftp: true });
    await expect(open({ ...without })).rejects.toMatchObject(terminal('SFTPが許可'));
    await without.stop();
  });

  it('does not go to an address or a port that is not allowed', async () => {
    const { port, user } = password;
    const access: WebAccess = { protocol: 'sftp', host: '2130706433', port, user, password: 'x', root: '.' };
    await expect(openWebTree(access, { allowedAddresses: [] })).rejects.toMatchObject(
      terminal('公開されていない'),
    );
    await expect(openWebTree({ ...access, port: 80 }, policy)).rejects.toMatchObject(terminal('ポート80'));
  });
});

describe('a root that is a link', () => {
  it('is the directory that it leads to, and known by both names', async () => {
    const server = await startOpenSsh();
    try {
      mkdirSync(join(server.folder, 'data'));
      execFileSync('ln', ['-s', 'data', join(server.folder, 'www')]);
      const tree = await open({ ...server, root: join(server.folder, 'www') });
      expect(tree.rootNames.map(String)).toEqual([join(server.folder, 'data'), join(server.folder, 'www')]);
    } finally {
      await server.stop();
    }
  });
});
