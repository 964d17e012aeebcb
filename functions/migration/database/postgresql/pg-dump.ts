import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { encryptedStream } from './encrypted-stream.ts';
import type { PostgresqlEnd } from './ends.ts';

const largestSchema = 256 * 1024 * 1024;
/** Milliseconds. */
const longest = 600_000;
const debian = '/usr/lib/postgresql';

/**
 * A database's definitions as pg_dump writes them. pg_dump and not a reading of our own: it knows the catalogues of every
 * version since 9.2, and orders what depends on each other. It reaches the server through a relay on loopback, so that the
 * address and the certificate are those that were checked, and through the tunnel where there is one. Throws TerminalError or TransientError.
 */
export async function dumpSchema(end: PostgresqlEnd, section: 'pre-data' | 'post-data'): Promise<string> {
  const relay = await startRelay(end);
  const folder = await mkdtemp(join(tmpdir(), 'schema-'));
  try {
    const pass = join(folder, 'pass');
    await writeFile(pass, `*:*:*:*:${end.server.password.replace(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 });
    await chmod(pass, 0o600);
    return await run(end, section, relay, { folder, pass });
  } finally {
    relay.server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  { server }: PostgresqlEnd,
  section: string,
  relay: Relay,
  { folder, pass }: { folder: string; pass: string },
): Promise<string> {
  const value = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const link = `host=${value(server.host)} hostaddr=127.0.0.1 port=${relay.port} user=${value(server.user)} dbname=${value(server.database)} sslmode=disable connect_timeout=20`;
  const options = ['--schema-only', '--no-tablespaces', '--no-security-labels'];
  const more = ['--no-publications', '--no-subscriptions', '--encoding=UTF8', '--lock-wait-timeout=30000'];
  const child = spawn(program(), [...options, ...more, `--section=${section}`, `--dbname=${link}`], {
    env: { PATH: process.env.PATH, PGPASSFILE: pass, HOME: folder, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longest,
  });
  const pieces: Buffer[] = [];
  let bytes = 0;
  let words = '';
  child.stderr.on('data', (piece) => {
    words = (words + piece).slice(0, 4000);
  });
  child.stdout.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > largestSchema) child.kill('SIGKILL');
    else pieces.push(piece);
  });
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    child.once('close', resolve);
  });
  if (code === 0) return Buffer.concat(pieces).toString('utf8');
  throw relay.problem ?? problem(code, words);
}

/** The newest of Debian's, not its script of that name, which looks for it by the local servers and takes as long as a small dump. */
function program(): string {
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(debian, version, 'bin', 'pg_dump')).find(existsSync) ?? 'pg_dump';
}

/** pg_dump's words may hold names of the customer's; they decide, and stay here. */
function problem(code: number | string | null, words: string): Error {
  if (code === 'ENOENT') {
    return new TerminalError('pg_dump がないため、PostgreSQLの定義を読み取れません。何も変更していません。');
  }
  if (/server version mismatch/.test(words)) {
    return new TerminalError(
      '移行元のPostgreSQLが、こちらの pg_dump より新しい版です。何も変更していません。',
    );
  }
  if (/permission denied/.test(words)) {
    return new TerminalError(
      '移行元の定義を読む権限が足りません。何も変更していません。権限をご確認ください。',
    );
  }
  return new TransientError('移行元の定義の読み取りが途中で止まりました。もう一度行います。');
}

interface Relay {
  server: Server;
  port: number;
  /** Why the server was not reached. */
  problem?: Error;
}

/** Loopback is plain; what leaves it is encrypted, and checked as every other session is. */
async function startRelay(end: PostgresqlEnd): Promise<Relay> {
  // Each answer waits for the question before it: held back until TCP has more to send, a dump takes half a second longer.
  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => undefined);
    encryptedStream(end).then(
      (upstream) => {
        upstream.on('error', () => client.destroy());
        upstream.on('close', () => client.destroy());
        client.on('close', () => upstream.destroy());
        client.pipe(upstream).pipe(client);
      },
      (error: Error) => {
        relay.problem = error;
        client.destroy();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay: Relay = { server, port: (server.address() as { port: number }).port };
  return relay;
}
