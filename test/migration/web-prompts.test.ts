import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuthContext, KeyboardAuthContext, Prompt } from 'ssh2';
import type { WebAccess } from '../../functions/case/access.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { startProftpd } from '../servers/proftpd.ts';
import { type ScriptedOptions, type ScriptedServer, startScriptedSftp } from '../servers/scripted-sftp.ts';
import { treeScript } from '../servers/tree-script.ts';

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function logIn(access: Partial<WebAccess> & { port: number; user: string }): Promise<void> {
  const policy = { allowedAddresses: ['127.0.0.0/8', '::1/128'], timeout: 10_000, pauses: [] };
  const tree = await openWebTree({ protocol: 'sftp', host: '127.0.0.1', root: '.', ...access }, policy);
  await tree.close();
}

async function serverThat(
  authenticate: NonNullable<ScriptedOptions['authenticate']>,
): Promise<ScriptedServer> {
  const server = await startScriptedSftp({ script: treeScript(new MemoryTree()), authenticate });
  stops.push(server.stop);
  return server;
}

const terminal = (message: string) => ({ name: 'TerminalError', message: expect.stringContaining(message) });
const secret = 'himitsu-scripted';
const hidden = (prompt: string): Prompt => ({ prompt, echo: false });

/** Asks in rounds, whatever the answers are; `accept` looks at all of them. */
function asking(rounds: readonly Prompt[][], accept: (answers: string[][]) => boolean) {
  const answers: string[][] = [];
  const ask = (context: KeyboardAuthContext, round: number): void => {
    if (round === rounds.length) {
      if (accept(answers)) context.accept();
      else context.reject(['keyboard-interactive']);
      return;
    }
    context.prompt(rounds[round]!, (given) => {
      answers.push(given);
      ask(context, round + 1);
    });
  };
  return {
    answers,
    authenticate: (context: AuthContext) =>
      context.method === 'keyboard-interactive' ? ask(context, 0) : context.reject(['keyboard-interactive']),
  };
}

describe('keyboard-interactive', () => {
  it('answers the one prompt for a password, wherever it comes', async () => {
    const { answers, authenticate } = asking(
      [[], [hidden('Password for taro@new.example.jp:')], []],
      (all) => all[1]?.[0] === secret,
    );
    await logIn(await serverThat(authenticate));
    expect(answers).toEqual([[], [secret], []]);
  });

  it('tells that the password is due to be changed, and changes none', async () => {
    const changed = [hidden('New password: '), hidden('Retype new password: ')];
    const { answers, authenticate } = asking([[hidden('Password: ')], changed], () => true);
    await expect(logIn(await serverThat(authenticate))).rejects.toMatchObject(terminal('パスワードの変更'));
    expect(answers).toEqual([[secret]]);
  });

  it.each([
    ['with it', [[hidden('Password: '), hidden('Verification code: ')]]],
    ['after it', [[hidden('Password: ')], [{ prompt: 'Enter your OTP: ', echo: true }]]],
    ['alone', [[hidden('Verification code: ')]]],
  ])('tells of a second factor asked %s, and sends the password for none', async (_, rounds) => {
    const { answers, authenticate } = asking(rounds, () => true);
    await expect(logIn(await serverThat(authenticate))).rejects.toMatchObject(terminal('確認コード'));
    expect(answers).toEqual(rounds.length > 1 ? [[secret]] : []);
  });

  it('gives up a server that asks for the password again', async () => {
    const again = asking(
      [[hidden('Password: ')], [hidden('Password: ')], [hidden('Password: ')]],
      () => true,
    );
    await expect(logIn(await serverThat(again.authenticate))).rejects.toMatchObject(
      terminal('ログインできません'),
    );
    expect(again.answers).toEqual([[secret]]);
  });
});

describe('a password', () => {
  it('that is due to be changed is told as such', async () => {
    const server = await serverThat((context) => {
      if (context.method !== 'password') context.reject(['password']);
      else context.requestChange('Your password has expired.', () => undefined);
    });
    await expect(logIn(server)).rejects.toMatchObject(terminal('パスワードの変更'));
  });

  it('and a key, where a server wants both, in whatever order', async () => {
    const { privateKey } = newKey('ed25519', []);
    for (const order of [
      ['publickey', 'password'],
      ['password', 'publickey'],
    ] as const) {
      const open: string[] = [...order];
      const server = await serverThat((context) => {
        if (context.method !== open[0]) return context.reject(open.slice(0, 1) as never);
        // The first question about a key has no signature.
        if (context.method === 'publickey' && !context.signature) return context.accept();
        open.shift();
        if (open.length === 0) context.accept();
        else context.reject(open.slice(0, 1) as never, true);
      });
      await logIn({ ...server, privateKey });
      expect(open).toEqual([]);
    }
  });

  it('refused by hanging up is final at the first contact: tried again it may lock the account', async () => {
    const server = await startProftpd({ config: ['MaxLoginAttempts 1'] });
    stops.push(server.stop);
    const { port, user } = server;
    await expect(logIn({ port, user, password: 'wrong' })).rejects.toMatchObject(terminal('パスワード'));
    await logIn({ port, user, password: server.password });
    for (const how of ['end', 'protocol error'] as const) {
      const rude = await serverThat((context, connection) => {
        if (context.method === 'none') context.reject(['password']);
        else if (how === 'end') connection.end();
        else (context as unknown as Inside)._protocol.disconnect(2);
      });
      await expect(logIn({ ...rude })).rejects.toMatchObject(terminal('接続を閉じました'));
    }
  });
});

/** Of ssh2: the reason is given by number. */
interface Inside {
  _protocol: { disconnect(reason: number): void };
}

function newKey(kind: string, options: readonly string[], passphrase = '') {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  const file = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', kind, ...options, '-N', passphrase, '-f', file]);
  const [privateKey, publicKey] = [file, `${file}.pub`].map((one) => readFileSync(one, 'utf8'));
  rmSync(folder, { recursive: true });
  return { privateKey: privateKey!, publicKey: publicKey! };
}

describe('a key', () => {
  let server: OpenSshServer;

  beforeAll(async () => {
    server = await startOpenSsh();
  });

  afterAll(() => server.stop());

  it.each([
    ['rsa', ['-b', '2048']],
    ['rsa', ['-b', '2048', '-m', 'PEM']],
    ['rsa', ['-b', '2048', '-m', 'PKCS8']],
    ['ecdsa', []],
    ['ecdsa', ['-m', 'PEM']],
    ['ecdsa', ['-m', 'PKCS8']],
    ['ed25519', []],
  ])('%s %j serves, open and with a passphrase', async (kind, options) => {
    const { port, user } = server;
    for (const passphrase of ['', 'ひみつ words']) {
      const { privateKey, publicKey } = newKey(kind, options, passphrase);
      writeFileSync(join(server.folder, 'user.pub'), publicKey);
      await logIn({ port, user, privateKey, ...(passphrase && { passphrase }) });
      if (!passphrase) continue;
      const unread = terminal('秘密鍵を読み取れません');
      await expect(logIn({ port, user, privateKey })).rejects.toMatchObject(unread);
      await expect(logIn({ port, user, privateKey, passphrase: 'other' })).rejects.toMatchObject(unread);
    }
  });
});

it('an SSH of version 1 is told apart from no answer', async () => {
  const old = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    socket.end('SSH-1.5-OpenSSH_1.2\n');
  });
  await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => old.close(resolve)));
  const { port } = old.address() as { port: number };
  await expect(logIn({ port, user: 'x', password: 'x' })).rejects.toMatchObject(terminal('バージョン1'));
});

it('a server that ends SFTP at once, after the log-in, is told as such', async () => {
  const server = await startOpenSsh({ config: ['ForceCommand echo Password expired >&2; exit 1'] });
  stops.push(server.stop);
  await expect(logIn({ ...server })).rejects.toMatchObject(terminal('すぐに終了しました'));
});

it('goes over IPv6, where the machine has it', async () => {
  const server = await startOpenSsh({ config: ['ListenAddress ::1'] });
  stops.push(server.stop);
  const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );
  const came = await logIn({ ...server, host: '::1' }).then(
    () => true,
    () => false,
  );
  expect(came).toBe(hasIpv6);
});
