import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface BenchServer {
  port: number;
  user: string;
  stop(): Promise<void>;
}

const nobody = 65_534;

/** A mariadbd with the settings of a small host, on loopback, in a folder of its own. */
export function startMariadb(): Promise<BenchServer> {
  return start('root', (folder, port) => ({
    install: [
      ...['mariadb-install-db', '--no-defaults', `--datadir=${folder}/data`],
      ...['--auth-root-authentication-method=normal', '--skip-test-db'],
    ],
    serve: [
      ...['/usr/sbin/mariadbd', '--no-defaults', `--datadir=${folder}/data`, `--socket=${folder}/s`],
      ...[`--pid-file=${folder}/pid`, `--port=${port}`, '--bind-address=127.0.0.1', '--local-infile=1'],
      ...['--skip-name-resolve', '--max-allowed-packet=256M'],
    ],
  }));
}

export function startPostgresql(): Promise<BenchServer> {
  const root = '/usr/lib/postgresql';
  const [version = ''] = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  const programs = join(root, version, 'bin');
  return start('postgres', (folder, port) => ({
    install: [
      ...[join(programs, 'initdb'), '-D', `${folder}/data`, '-U', 'postgres', '-A', 'trust'],
      ...['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    ],
    serve: [
      ...[join(programs, 'postgres'), '-D', `${folder}/data`, '-p', String(port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`],
    ],
  }));
}

type Commands = (folder: string, port: number) => { install: string[]; serve: string[] };

async function start(user: string, commands: Commands): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-database-'));
  chmodSync(folder, 0o755);
  if (process.getuid?.() === 0) chownSync(folder, nobody, nobody);
  const port = await freePort();
  const { install, serve } = commands(folder, port);
  const [installer, ...installArguments] = unprivileged(install);
  // Where MariaDB has its temporary tables: another server that starts deletes them in a shared folder.
  const env = { ...process.env, TMPDIR: folder };
  execFileSync(installer!, installArguments, { stdio: 'ignore', env });
  const log = openSync(join(folder, 'log'), 'a');
  const [program, ...programArguments] = unprivileged(serve);
  const child = spawn(program!, programArguments, { stdio: ['ignore', log, log], env });
  await accepting(port, child);
  return {
    port,
    user,
    async stop() {
      const exit = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      if (user === 'root') child.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function unprivileged(command: readonly string[]): string[] {
  const as = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  return process.getuid?.() === 0 ? [...as, ...command] : [...command];
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function accepting(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    if (child.exitCode !== null) break;
    await wait(50);
  }
  throw new Error('A database server did not start.');
}
