import type { Duplex } from 'node:stream';
import { TerminalError } from '../../../case/errors.ts';
import type { Credentials } from '../imap/authenticate.ts';
import type { Patience } from '../imap/byte-reader.ts';
import { AccountRefusedError, throttled } from '../imap/errors.ts';
import type { Dial, ServerAddress } from '../imap/open-connection.ts';
import { startTls } from '../imap/start-tls.ts';
import { Pop3Connection } from './connection.ts';

/** Connected, encrypted as asked, logged in with USER and PASS. Throws TerminalError with the server's words. */
export async function openPop3(
  address: ServerAddress,
  { user, password, master }: Credentials,
  dial: Dial,
  patience: Patience,
): Promise<Pop3Connection> {
  const name = master ? `${user}${master.separator ?? '*'}${master.user}` : user;
  if (/[\r\n\0]/.test(name + password))
    throw new TerminalError('POP3のユーザー名とパスワードに改行は使えません。');
  const socket = await dial(address.host, address.port);
  const tls = (stream: Duplex) => startTls(stream, address, patience);
  const connection = new Pop3Connection(address.security === 'tls' ? await tls(socket) : socket, patience);
  connection.secrets.push(password);
  try {
    await expect(connection, undefined, '接続');
    if (address.security === 'starttls') {
      await expect(connection, 'STLS', '暗号化');
      await connection.replace(tls);
    }
    await expect(connection, `USER ${name}`, `${user} のログイン`);
    await expect(connection, `PASS ${password}`, `${user} のログイン`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function expect(connection: Pop3Connection, line: string | undefined, what: string): Promise<void> {
  const answer = await connection.command(line);
  if (!('refusal' in answer)) return;
  const { refusal } = answer;
  // Extended response codes: RFC 2449, RFC 3206.
  const code = /^\[([A-Z/-]+)\]/i.exec(refusal)?.[1]?.toUpperCase() ?? '';
  const sentence = `メールサーバーが${what}を断りました: ${refusal}。何も変更していません。`;
  const wait = throttled(code, refusal);
  if (wait) throw wait;
  throw what.endsWith('ログイン') ? new AccountRefusedError(sentence) : new TerminalError(sentence);
}
