import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import pg from 'pg';
import type { DatabaseServer } from '../../../case/database-access.ts';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { checkCertificate } from '../certificate.ts';
import { type Route, type RoutePolicy, routeTo } from '../dial.ts';
import type { ServerIdentity } from '../pin-server.ts';
import { boundAnswers } from './bound-answers.ts';
import { type End, explain } from './explain.ts';

export type Session = pg.Client;

/** The same text for the same value on every server: checksums and definitions depend on it. */
const always = [
  "SET client_encoding = 'UTF8'",
  'SET standard_conforming_strings = on',
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'postgres'",
  "SET TimeZone = 'UTC'",
  "SET bytea_output = 'hex'",
  'SET extra_float_digits = 3',
  // Names in definitions are written out, and nobody's function stands before a built-in one (CVE-2018-1058).
  "SET search_path = ''",
  'SET statement_timeout = 0',
  'SET lock_timeout = 60000',
  // Rows that a policy hides would be missed in silence: with this the server refuses instead.
  'SET row_security = off',
];

/** One end of a move: opens sessions that are ready for their work, and closes all of them. */
export class PostgresqlEnd {
  readonly server: DatabaseServer;
  readonly #end: End;
  readonly #policy: RoutePolicy;
  readonly #open = new Set<Session>();
  #route: Promise<Route> | undefined;

  constructor(server: DatabaseServer, end: End, policy: RoutePolicy) {
    this.server = server;
    this.#end = end;
    this.#policy = policy;
  }

  /** A stream to the server, for a program that brings its own protocol. */
  async stream(): Promise<Duplex> {
    this.#route ??= routeTo(this.server, this.#policy);
    return (await this.#route).open();
  }

  async connect(): Promise<Session> {
    const stream = await this.stream();
    const { user, password, database, host } = this.server;
    const session = new pg.Client({
      // pg asks the socket that it is given to connect; this one is.
      stream: () => connected(stream),
      host,
      user,
      password,
      database,
      ssl: tlsOf(this.server),
      connectionTimeoutMillis: 20_000,
    } as pg.ClientConfig);
    session.on('error', () => undefined);
    this.#open.add(session);
    boundAnswers(session);
    checkBeforeLogIn(this.server, session);
    try {
      await session.connect();
      await session.query(always.join('; '));
      if (this.#end === '移行元') await session.query('SET default_transaction_read_only = on');
      else await session.query('SET check_function_bodies = off');
      return session;
    } catch (error) {
      this.discard(session);
      stream.destroy();
      throw logInProblem(error, this.#end);
    }
  }

  /** Logs in: by what the server is known again. */
  async identify(): Promise<ServerIdentity> {
    const certificate = certificateOf(await this.connect());
    const { hostKey } = (await this.#route)!;
    return { ...(certificate !== undefined && { certificate }), ...(hostKey !== undefined && { hostKey }) };
  }

  discard(session: Session): void {
    this.#open.delete(session);
    streamOf(session).destroy();
  }

  async close(): Promise<void> {
    for (const session of [...this.#open]) this.discard(session);
    (await this.#route?.catch(() => undefined))?.close();
  }
}

/** From here to `commitsOnDisk` a commit does not wait for the disk: for many small ones that count together. */
export async function commitsInPassing(session: Session): Promise<void> {
  await session.query('SET synchronous_commit = off');
}

/** All that was committed before is on the server's disk, other sessions' too (a log is written in its order). */
export async function commitsOnDisk(session: Session): Promise<void> {
  await session.query('SET synchronous_commit = on');
  // Only a commit that has written something is waited for; a number alone (txid_current) is not written.
  await session.query("SELECT pg_catalog.pg_logical_emit_message(true, 'hikkoshi', '')");
}

function streamOf(session: Session): Duplex {
  return (session as unknown as { connection: { stream: Duplex } }).connection.stream;
}

/** `AA:BB:…` of the server's certificate; undefined without TLS. */
function certificateOf(session: Session): string | undefined {
  return (streamOf(session) as Partial<TLSSocket>).getPeerCertificate?.()?.fingerprint256;
}

/** When TLS stands and before the log-in: whoever is not the server that was pinned gets no password. */
function checkBeforeLogIn(server: DatabaseServer, session: Session): void {
  const { connection } = session as unknown as { connection: EventEmitter };
  connection.once('sslconnect', () => {
    const stream = streamOf(session);
    stream.once('secureConnect', () => {
      try {
        checkCertificate(server, certificateOf(session));
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
  });
}

function connected(stream: Duplex): Duplex {
  const socket = stream as Duplex & {
    connect?: unknown;
    setNoDelay?: unknown;
    setKeepAlive?: unknown;
    ref?: unknown;
    unref?: unknown;
  };
  socket.connect = () => setImmediate(() => stream.emit('connect'));
  for (const name of ['setNoDelay', 'setKeepAlive', 'ref', 'unref'] as const) socket[name] ??= () => stream;
  return stream;
}

/** TLS of every connection to the server, a program's too. */
export function tlsOf({ tls, certificateAuthority: ca, host }: DatabaseServer): pg.ClientConfig['ssl'] {
  if (tls === 'none') return false;
  if (tls === 'encrypted') return { rejectUnauthorized: false, minVersion: 'TLSv1' };
  return { rejectUnauthorized: true, servername: host, minVersion: 'TLSv1.2', ...(ca && { ca }) };
}

function logInProblem(error: unknown, end: End): Error {
  if (error instanceof TerminalError || error instanceof TransientError) return error;
  const { message = '', code = '' } = error as { message?: string; code?: string };
  if (/does not support SSL/i.test(message)) {
    return new TerminalError(
      `${end}のデータベースは暗号化に対応していません。何も変更していません。SSHトンネルの利用をご検討ください。`,
    );
  }
  if (/certificate|CERT|altnames/i.test(`${code} ${message}`)) {
    return new TerminalError(
      `${end}の証明書を確認できません。何も変更していません。証明書の設定をご確認ください。`,
    );
  }
  return explain(error, end, 'ログイン');
}
