import { createPrivateKey } from 'node:crypto';
import type { AuthenticationType, AuthHandlerMiddleware, Client, ConnectConfig } from 'ssh2';
import type { WebAccess } from '../../../case/access.ts';
import { TerminalError } from '../../../case/errors.ts';

/** `trying` is called before anything secret is offered. Throws TerminalError where the key cannot be read. */
export function logIn(access: WebAccess, trying: () => void): ConnectConfig {
  const { user, password, privateKey, passphrase } = access;
  return {
    username: user,
    tryKeyboard: password !== undefined,
    authHandler: methodsOf(access, trying),
    ...(password !== undefined && { password }),
    ...(privateKey !== undefined && readableKey(privateKey, passphrase)),
  };
}

/** Those that the server still wants, each once: one that wants two of them gets both, whatever their order. */
function methodsOf({ password, privateKey }: WebAccess, trying: () => void): AuthHandlerMiddleware {
  const open: AuthenticationType[] = [
    ...(privateKey === undefined ? [] : ['publickey' as const]),
    ...(password === undefined ? [] : ['password' as const, 'keyboard-interactive' as const]),
  ];
  return (wanted: AuthenticationType[] | null) => {
    if (wanted === null) return 'none';
    const at = open.findIndex((method) => wanted.length === 0 || wanted.includes(method));
    if (at < 0) return false;
    trying();
    return open.splice(at, 1)[0]!;
  };
}

/** ssh2 reads OpenSSH's form and the old ones of PEM; the one that openssl writes today (PKCS #8) is turned into those. */
function readableKey(key: string, passphrase: string | undefined): ConnectConfig {
  const locked = passphrase === undefined ? {} : { passphrase };
  if (!/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(key)) return { privateKey: key, ...locked };
  try {
    const read = createPrivateKey({ key, format: 'pem', ...locked });
    const type = read.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1';
    return { privateKey: read.export({ type, format: 'pem' }) };
  } catch {
    throw unreadableKey();
  }
}

/** The password answers the one hidden prompt that asks for it, once; `refuse` is told what else the server wants. */
export function answerPrompts(
  client: Client,
  password: string | undefined,
  refuse: (error: TerminalError) => void,
): void {
  let isGiven = false;
  client.on('change password', () => refuse(changeDue()));
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
    const asked = prompts.map(({ prompt }) => prompt).join(' ');
    if (isGiven && newPassword.test(asked)) refuse(changeDue());
    else if (otherSecret.test(asked) || prompts.length > 1) refuse(moreIsAsked());
    else if (isGiven || password === undefined) refuse(refusedLogIn());
    else {
      isGiven = true;
      finish([password]);
    }
  });
}

/** What PAM asks once the password is right, but too old. */
const newPassword = /\b(?:new|current|old|retype)\b|新しい|現在の/i;
const otherSecret = /code|token|otp\b|one-time|確認コード|認証コード|ワンタイム/i;

export function unreadableKey(): TerminalError {
  return new TerminalError(
    '秘密鍵を読み取れません。接続していません。鍵の形式とパスフレーズをご確認ください。',
  );
}

export function refusedLogIn(): TerminalError {
  return new TerminalError(
    'ログインできません。何も変更していません。ユーザー名とパスワードまたは鍵をご確認ください。',
  );
}

function changeDue(): TerminalError {
  return new TerminalError(
    'パスワードは正しいものの、サーバーがパスワードの変更を求めています。何も変更していません。サーバーでパスワードを変更し、新しいパスワードを登録してから再開してください。',
  );
}

function moreIsAsked(): TerminalError {
  return new TerminalError(
    'サーバーが、パスワードのほかに確認コードなどの入力を求めています。自動では入力できないため、何も変更していません。移行の間はこの確認を外すか、秘密鍵でログインできるようにしてください。',
  );
}
