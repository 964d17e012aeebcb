import type { WebAccess } from '../../../case/access.ts';
import { TerminalError } from '../../../case/errors.ts';
import type { ResolvedHost } from '../../resolve-host.ts';
import { certificateOf, examineCertificate } from './certificate.ts';
import { Control } from './control.ts';
import { dial, secure, tlsOptionsFor } from './dial.ts';
import { busy, isDone, type Reply } from './reply.ts';

/** Wrong credentials; or, beside a connection that is logged in, a limit of connections. */
export class LogInRefused extends TerminalError {}

/** What one log-in needs to know; `pin` is what the tree's first connection found. */
export interface LogIn {
  access: WebAccess;
  host: ResolvedHost;
  timeout: number;
  pin?: string;
}

/**
 * A control connection, logged in; `pin` is undefined on plain FTP, where no one can tell who answers. The password is
 * sent after the certificate was examined. Throws TerminalError or TransientError, none with the server's words.
 */
export async function logIn({
  access,
  host,
  timeout,
  pin = access.hostKey,
}: LogIn): Promise<{ control: Control; pin: string | undefined }> {
  const options = tlsOptionsFor(access);
  const raw = await dial(host, access.port, timeout);
  const implicit = access.protocol === 'ftps-implicit';
  const encrypted = implicit ? await secure(raw, options, timeout) : undefined;
  const control = new Control(host, encrypted ?? raw, timeout);
  try {
    if (encrypted) control.wire.secure(encrypted, { options, fingerprint: certificateOf(encrypted) });
    let shown = encrypted && examineCertificate(encrypted, pin);
    const { code } = await control.greeting();
    if (code !== 220) throw busy();
    if (access.protocol === 'ftps') {
      const [reply] = await control.ask('AUTH TLS');
      if (!isDone(reply)) throw noEncryption();
      const socket = await secure(control.wire.socket, options, timeout);
      shown = examineCertificate(socket, pin);
      control.wire.upgrade(socket, { options, fingerprint: certificateOf(socket) });
    }
    await giveCredentials(control, access);
    if (shown !== undefined) await protectData(control);
    return { control, pin: shown };
  } catch (error) {
    control.close();
    throw error;
  }
}

async function giveCredentials(control: Control, { user, password = '' }: WebAccess): Promise<void> {
  const [named] = await control.ask(`USER ${latin1(user)}`);
  if (isDone(named)) return;
  if (named.code !== 331) throw refusalOf(named);
  const [answer] = await control.ask(`PASS ${latin1(password)}`);
  if (!isDone(answer)) throw refusalOf(answer);
}

/** Data are never sent in clear where encryption was asked for. */
async function protectData(control: Control): Promise<void> {
  const [, protection] = await control.ask('PBSZ 0', 'PROT P');
  if (!isDone(protection)) throw noEncryption();
}

/** Commands are latin1 so that names keep their bytes; what people type is UTF-8. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

const limit = /maximum|too many|limit|already (?:connected|logged)/i;
/** Here another attempt may lock the account. */
const failure = /attempt|fail|incorrect|invalid|password/i;

/** A limit of connections is told with the code of a wrong password. */
function refusalOf({ text }: Reply): Error {
  if (limit.test(text) && !failure.test(text)) return busy();
  return new LogInRefused(
    'ログインできません。何も変更していません。ユーザー名とパスワードをご確認ください。',
  );
}

function noEncryption(): TerminalError {
  return new TerminalError(
    'サーバーがFTPSの暗号化に対応していません。暗号化なしでは送信していません。接続の方法をご確認ください。',
  );
}
