import { TerminalError } from '../../../case/errors.ts';
import type { ImapConnection, Part } from './connection.ts';
import { AccountRefusedError, askedToWait, ImapRefusedError } from './errors.ts';

/** Who logs in. With `master` the session is `user`'s, opened with an administrator's name and password. */
export interface Credentials {
  user: string;
  password: string;
  master?: {
    user: string;
    /**
     * `authorisation-identity`: SASL PLAIN names both (RFC 4616). `separator`: the log-in name is `user*master`
     * (Dovecot), for servers without SASL.
     */
    style: 'authorisation-identity' | 'separator';
    separator?: string;
  };
}

/**
 * SASL PLAIN where the server offers it, else LOGIN. Throws AccountRefusedError when the server refuses (its text is shown
 * without the secrets, nothing was read), RetryAfterError when it wants fewer log-ins.
 */
export async function authenticate(connection: ImapConnection, credentials: Credentials): Promise<void> {
  const { user, password, master } = credentials;
  const identity = master?.style === 'authorisation-identity' ? user : '';
  const name = !master ? user : identity ? master.user : `${user}${master.separator ?? '*'}${master.user}`;
  if (`${identity}${name}${password}`.includes('\0'))
    throw new TerminalError('ユーザー名またはパスワードに使えない文字(NUL)があります。');
  const token = Buffer.from(`${identity}\0${name}\0${password}`).toString('base64');
  connection.secrets.push(password, Buffer.from(password).toString('latin1'), token);
  const offers = connection.capabilities;
  try {
    if (offers.has('AUTH=PLAIN')) {
      const initial = offers.has('SASL-IR');
      await connection.run('AUTHENTICATE', [initial ? ` PLAIN ${token}` : ' PLAIN'], {
        answer: () => (initial ? '*' : token),
      });
    } else if (offers.has('LOGINDISABLED')) {
      throw new TerminalError(
        'メールサーバーがこの接続方式でのログインを許可していません(LOGINDISABLED)。パスワードは送っていません。',
      );
    } else if (identity) {
      throw new TerminalError(
        'メールサーバーにSASL PLAINがないため、管理者として利用者のメールを開けません。パスワードは送っていません。',
      );
    } else {
      await connection.run('LOGIN', [' ', astring(name), ' ', astring(password)]);
    }
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    // Of a log-in, RFC 5530's LIMIT is about how many there may be, not about this one.
    if (error.code === 'LIMIT') throw askedToWait(error.answer || error.code);
    throw new AccountRefusedError(
      `メールサーバーが ${user} のログインを断りました: ${(error.answer || error.status).replace(/[.。]+$/, '')}。何も変更していません。パスワードをご確認ください。${hint(password)}`,
      error.code,
    );
  }
}

/** What people mistype into a list without seeing it. */
function hint(password: string): string {
  if (password.trim() !== password) return 'パスワードの前か後ろに空白が入っています。';
  if (/[\uff01-\uff5e\u3000]/.test(password)) return 'パスワードに全角の文字が入っています。';
  return '';
}

/** Quoted where that is safe everywhere, else a literal. */
export function astring(text: string): Part {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  return { literal: Buffer.from(text) };
}
