import { checkServerIdentity, type TLSSocket } from 'node:tls';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2';
import type { DatabaseServer } from '../../../case/database-access.ts';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { checkCertificate } from '../certificate.ts';
import type { Route } from '../dial.ts';
import { type End, explain } from './explain.ts';
import { markEnd } from './query.ts';
import { wantBulk, wireOf } from './wire.ts';

/** Off: query attributes (wire.ts writes plain COM_QUERY), and whatever changes how text is read. */
const flags = ['-CLIENT_QUERY_ATTRIBUTES', '-IGNORE_SPACE', '-SESSION_TRACK', '-ODBC'];

/**
 * Logs in over a route. A source may never ask for a local file (threats.md, row 11): the capability is not offered to
 * it. Throws TerminalError or TransientError.
 */
export async function connectMysql(
  server: DatabaseServer,
  route: Route,
  end: End,
  options: { database?: string | undefined; timeout?: number } = {},
): Promise<Connection> {
  const stream = await route.open();
  const { timeout = 20_000, database = server.database } = options;
  const connection = createConnection({
    stream: () => stream,
    host: server.host,
    user: server.user,
    password: server.password,
    ...(database !== '' && { database }),
    charset: 'utf8mb4',
    flags: end === '移行元' ? [...flags, '-LOCAL_FILES'] : flags,
    connectTimeout: timeout,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    decimalNumbers: false,
    multipleStatements: false,
    ...tlsOf(server),
  } as ConnectionOptions);
  if (end === '移行先') wantBulk(connection);
  checkBeforeLogIn(server, connection);
  try {
    await loggedIn(connection, timeout);
  } catch (error) {
    connection.on('error', () => undefined);
    connection.destroy();
    stream.destroy();
    throw logInProblem(error, end);
  }
  markEnd(connection, end);
  // Each statement reports its own error; one that comes between two is met by the next.
  connection.on('error', () => undefined);
  return connection;
}

/** `AA:BB:…` of the server's certificate; undefined without TLS. */
export function certificateOf(connection: Connection): string | undefined {
  const socket = wireOf(connection).stream as Partial<TLSSocket>;
  return socket.getPeerCertificate?.()?.fingerprint256;
}

function tlsOf(server: DatabaseServer): ConnectionOptions {
  if (server.tls === 'none') return {};
  // Old servers speak TLS 1.0 at most: what is verified must be modern, what is merely encrypted need not be.
  if (server.tls === 'encrypted') return { ssl: { rejectUnauthorized: false, minVersion: 'TLSv1' } };
  const { certificateAuthority: ca } = server;
  return {
    ssl: { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2', ...(ca && { ca }) },
  };
}

function loggedIn(connection: Connection, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeout);
    const settle = (error?: Error | null) => {
      clearTimeout(timer);
      connection.off('error', settle);
      if (error) reject(error);
      else resolve();
    };
    connection.once('error', settle);
    connection.once('connect', () => settle());
  });
}

/** Between the handshake of TLS and the log-in: whoever is not the server that was pinned gets no password. */
function checkBeforeLogIn(server: DatabaseServer, connection: Connection): void {
  const wire = wireOf(connection);
  const start = wire.startTLS.bind(connection);
  wire.startTLS = (secured) => start((error) => secured(error ?? certificateProblem(server, connection)));
}

function certificateProblem(server: DatabaseServer, connection: Connection): Error | undefined {
  if (server.tls === 'verified') {
    // mysql2 looks at names only: a server that is given as an address would pass with anybody's certificate.
    const certificate = (wireOf(connection).stream as TLSSocket).getPeerCertificate(true);
    const problem = checkServerIdentity(server.host, certificate);
    if (problem) return problem;
  }
  try {
    checkCertificate(server, certificateOf(connection));
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function logInProblem(error: unknown, end: End): Error {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT' || /does not support secure connection/i.test(message)) {
    return new TerminalError(
      `${end}のデータベースは暗号化に対応していません。何も変更していません。SSHトンネルの利用をご検討ください。`,
    );
  }
  if (/certificate|CERT|altnames/i.test(`${code} ${message}`)) {
    return new TerminalError(
      `${end}の証明書を確認できません。何も変更していません。証明書の設定をご確認ください。`,
    );
  }
  if (error instanceof TerminalError || error instanceof TransientError) return error;
  return explain(error, end, 'ログイン');
}
