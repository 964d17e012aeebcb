import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { authenticate, type Credentials } from './authenticate.ts';
import type { Patience } from './byte-reader.ts';
import { ImapConnection } from './connection.ts';
import { ImapProtocolError } from './errors.ts';
import type { ResponseCaps } from './read-response.ts';
import { type SeenCertificate, startTls } from './start-tls.ts';

export interface ServerAddress {
  host: string;
  port: number;
  /** `plain` only where the survey allowed it: the password is readable on the way. */
  security: 'tls' | 'starttls' | 'plain';
  /** SHA-256 of the certificate, hex; pinned at the survey. Without it the chain and the name must be valid. */
  certificate?: string | undefined;
  /** Takes the place of these checks: what it throws ends the connection before any password is sent. */
  onCertificate?: (seen: SeenCertificate) => void;
}

/** A connected socket to an allowed address of this host: the guard against private networks is in here. */
export type Dial = (host: string, port: number) => Promise<Socket>;

/** Connected, encrypted as asked, logged in, capabilities known. */
export async function openConnection(
  address: ServerAddress,
  credentials: Credentials,
  dial: Dial,
  patience: Patience,
  caps?: ResponseCaps,
): Promise<ImapConnection> {
  const socket = await dial(address.host, address.port);
  socket.setNoDelay(true);
  const tls = (stream: Duplex) => startTls(stream, address, patience);
  const stream = address.security === 'tls' ? await tls(socket) : socket;
  const connection = new ImapConnection(stream, patience, caps);
  try {
    if (await connection.greet()) {
      // Whose mailbox that is nobody can say: every account of the list would get the same one.
      throw new TerminalError(
        'メールサーバーが、ログインの前から利用者を決めています(PREAUTH)。だれのメールか確かめられないため、中止しました。パスワードは送っていません。',
      );
    }
    if (connection.capabilities.size === 0) await connection.run('CAPABILITY');
    if (address.security === 'starttls') {
      if (!connection.capabilities.has('STARTTLS')) {
        throw new TerminalError(
          'メールサーバーが暗号化(STARTTLS)に対応していません。パスワードは送っていません。',
        );
      }
      await connection.run('STARTTLS');
      await connection.replace(tls);
      // What was offered before could be anybody's words.
      connection.capabilities = new Set();
      await connection.run('CAPABILITY');
    }
    const before = connection.capabilities;
    await authenticate(connection, credentials);
    if (connection.capabilities === before) await connection.run('CAPABILITY');
    await prepare(connection);
    return connection;
  } catch (error) {
    connection.close(error instanceof Error ? error : new TransientError('メールサーバーに接続できません。'));
    throw error;
  }
}

async function prepare(connection: ImapConnection): Promise<void> {
  const can = connection.capabilities;
  const speaks = can.has('IMAP4REV1') || can.has('IMAP4REV2');
  if (!speaks) throw new ImapProtocolError('IMAP4rev1にもIMAP4rev2にも対応していないサーバーです。');
  // Names in UTF-8 only where the server insists: modified UTF-7 is understood by all the others.
  if (can.has('UTF8=ONLY')) await connection.run('ENABLE', [' UTF8=ACCEPT']);
  else if (!can.has('IMAP4REV1')) await connection.run('ENABLE', [' IMAP4rev2']);
  connection.utf8 = can.has('UTF8=ONLY') || !can.has('IMAP4REV1');
}
