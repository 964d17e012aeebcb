import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { accepting, freePort } from './free-port.ts';
import { ended, unprivileged } from './mariadb.ts';

export interface PostgresqlServer {
  host: string;
  port: number;
  /** All rights, no password. */
  user: string;
  folder: string;
  pid(): number;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Debian keeps the server's programs below the version's folder. */
export const postgresqlPrograms = programs();

/** A real PostgreSQL on loopback with a cluster of its own; runs as nobody where root starts it. */
export async function startPostgresql(settings: readonly string[] = []): Promise<PostgresqlServer> {
  const folder = mkdtempSync(join(tmpdir(), 'postgresql-'));
  chmodSync(folder, 0o755);
  if (process.getuid?.() === 0) chownSync(folder, 65_534, 65_534);
  const port = await freePort();
  const data = join(folder, 'data');
  const [installer, ...installArguments] = unprivileged([
    join(postgresqlPrograms, 'initdb'),
    ...['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
  ]);
  execFileSync(installer!, installArguments, { stdio: 'ignore', timeout: 170_000 });
  const log = join(folder, 'log');
  const options = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings];
  const command = unprivileged([
    join(postgresqlPrograms, 'postgres'),
    ...['-D', data, '-p', String(port)],
    ...options.flatMap((option) => ['-c', option]),
  ]);
  let child: ChildProcess;
  const start = async () => {
    const out = openSync(log, 'a');
    child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', out, out] });
    await accepting(port, child, log);
    await answering(port);
  };
  await start();
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    folder,
    pid: () => child.pid!,
    kill: () => ended(child, 'SIGQUIT'),
    start,
    async stop() {
      await ended(child, 'SIGINT');
      rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

function programs(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return join(root, versions[0] ?? '', 'bin');
}

/** The port is open before the server answers: until then it is "starting up". */
async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 2400; attempt++) {
    const ready = spawnSync(join(postgresqlPrograms, 'pg_isready'), [
      '-q',
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
    ]);
    if (ready.status === 0) return;
    await setTimeout(50);
  }
  throw new Error('PostgreSQL did not come up.');
}
