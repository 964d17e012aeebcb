import { createHash } from 'node:crypto';
import { Client, type ServerHostKeyAlgorithm } from 'ssh2';
import type { WebAccess } from '../../../case/access.ts';
import { TerminalError } from '../../../case/errors.ts';
import { HostKeyChangedError } from '../../host-key-changed.ts';
import type { ResolvedHost } from '../../resolve-host.ts';
import { algorithmsOf, hostKeyKindsOf } from './algorithms.ts';
import { dial, noAnswer, RefusedError } from './dial.ts';
import { useServersGroup } from './group-exchange.ts';
import { answerPrompts, logIn, refusedLogIn, unreadableKey } from './log-in.ts';
import { SftpSession } from './session.ts';

export { RefusedError } from './dial.ts';

/** Milliseconds. */
export interface ConnectTimes {
  connect: number;
  logIn: number;
}

export interface Connection {
  client: Client;
  /** What the server showed, as OpenSSH prints it. */
  hostKey: string;
}

/**
 * Logs in by SSH at an address that resolveHost gave. Throws TerminalError (refused, wrong log-in, another host key) or
 * TransientError (no answer, connection lost). No error holds a secret or the server's own words.
 */
export async function connectSsh(
  access: WebAccess,
  host: ResolvedHost,
  times: ConnectTimes,
): Promise<Connection> {
  const allKinds = hostKeyKindsOf(access.legacyAlgorithms);
  const first = await attempt(access, host, times, allKinds.flat());
  if ('client' in first) return first;
  for (const kinds of allKinds) {
    const next = await attempt(access, host, times, kinds).catch(() => undefined);
    if (next && 'client' in next) return next;
  }
  throw new HostKeyChangedError('ホスト鍵', access.hostKey ?? '', first.hostKey);
}

/** `{ hostKey }` alone when the key is not the pinned one. */
async function attempt(
  access: WebAccess,
  host: ResolvedHost,
  times: ConnectTimes,
  kinds: readonly ServerHostKeyAlgorithm[],
): Promise<Connection | { hostKey: string }> {
  let hasTried = false;
  const credentials = logIn(access, () => {
    hasTried = true;
  });
  const socket = await dial(host, access.port, times.connect);
  const client = new Client();
  socket.serve(client);
  let hostKey = '';
  let unpinned = false;
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.on('error', reject);
      client.once('close', () => reject(hasTried ? closedAtLogIn() : noAnswer()));
      answerPrompts(client, access.password, reject);
      client.connect({
        ...credentials,
        sock: socket,
        readyTimeout: times.logIn,
        keepaliveInterval: 20_000,
        keepaliveCountMax: 3,
        algorithms: algorithmsOf(kinds, access.legacyAlgorithms),
        hostVerifier: (key: Buffer) => {
          hostKey = fingerprint(key);
          unpinned = access.hostKey !== undefined && access.hostKey !== hostKey;
          return !unpinned;
        },
      });
      useServersGroup(client);
    });
  } catch (error) {
    client.on('error', () => undefined);
    client.destroy();
    socket.destroy();
    if (unpinned) return { hostKey };
    throw explain(error, access, hostKey !== '');
  }
  return { client, hostKey };
}

/** Throws RefusedError or TerminalError where SFTP is not allowed, or TransientError. */
export function openSftp(client: Client, timeout: number): Promise<SftpSession> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(noAnswer()), timeout);
    client.once('close', () => reject(noAnswer()));
    client.subsys('sftp', (error, stream) => {
      clearTimeout(timer);
      if (!error) return resolve(SftpSession.begin(stream, { stall: timeout }));
      reject(
        new TerminalError(
          'ログインできましたが、SFTPが許可されていません。何も変更していません。契約内容をご確認ください。',
        ),
      );
    });
  });
}

export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Many servers hang up on a wrong password instead of refusing it: tried again and again, it may lock the account. */
function closedAtLogIn(): RefusedError {
  return new RefusedError(
    'ログインの途中で、サーバーが接続を閉じました。何も変更していません。ユーザー名とパスワードまたは鍵をご確認ください。正しい場合は、時間をおいて再開してください。',
  );
}

/** What a server says as it hangs up: RFC 4253, 11.1, where OpenSSH calls too many failures a protocol error. */
const hangUps = { protocolError: 2, noMoreMethods: 14 } as const;

function explain(error: unknown, { legacyAlgorithms }: WebAccess, keyShown: boolean): Error {
  if (error instanceof TerminalError) return error;
  const { level, message, code } = error as { level?: string; message?: string; code?: unknown };
  if (level === 'client-authentication') return refusedLogIn();
  if (keyShown && (code === hangUps.protocolError || code === hangUps.noMoreMethods)) return closedAtLogIn();
  if (message?.startsWith('Cannot parse privateKey') || message?.startsWith('Encrypted'))
    return unreadableKey();
  if (message === 'Invalid identification string') {
    return new TerminalError(
      'サーバーのSSHが古すぎる（バージョン1）か、SSHではありません。接続していません。ほかの接続の方法（FTPS など）をご確認ください。',
    );
  }
  if (level === 'handshake' && !keyShown) {
    return new TerminalError(
      legacyAlgorithms
        ? '古い暗号方式も含めて、サーバーと共通の暗号方式がありません。接続していません。ほかの接続の方法（FTPS など）をご確認ください。'
        : 'サーバーと共通の暗号方式がありません。接続していません。古いサーバーの場合は、案件の画面の「接続の確認」で「古い暗号方式も許可する」を選び、もう一度確認してください。',
    );
  }
  return noAnswer();
}
