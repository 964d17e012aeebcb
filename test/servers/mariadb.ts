import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepting, freePort } from './free-port.ts';

export interface MariadbServer {
  host: string;
  port: number;
  /** All rights, no password. */
  user: string;
  folder: string;
  pid(): number;
  /** kill -9, and it stays down until start(). */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const mariadbInstalled = existsSync('/usr/sbin/mariadbd');
const nobody = 65_534;

/** A real mariadbd on loopback with an empty data directory of its own; runs as nobody where root starts it. */
export async function startMariadb(settings: readonly string[] = []): Promise<MariadbServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mariadb-'));
  chmodSync(folder, 0o755);
  if (process.getuid?.() === 0) chownSync(folder, nobody, nobody);
  const port = await freePort();
  const data = join(folder, 'data');
  const [installer, ...installArguments] = unprivileged([
    'mariadb-install-db',
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  // A server that starts deletes what others left, and have, in a folder for temporary tables that they share.
  const env = { ...process.env, TMPDIR: folder };
  // What the installer prints stands in the error where it fails.
  execFileSync(installer!, installArguments, { stdio: ['ignore', 'ignore', 'pipe'], env, timeout: 170_000 });
  const log = join(folder, 'log');
  const command = unprivileged([
    '/usr/sbin/mariadbd',
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${folder}/s`,
    `--pid-file=${folder}/pid`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--local-infile=1',
    '--skip-name-resolve',
    '--max-allowed-packet=256M',
    '--innodb-buffer-pool-size=64M',
    ...settings,
  ]);
  let child: ChildProcess;
  const start = async () => {
    const out = openSync(log, 'a');
    child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', out, out], env });
    await accepting(port, child, log);
  };
  await start();
  return {
    host: '127.0.0.1',
    port,
    user: 'root',
    folder,
    pid: () => child.pid!,
    kill: () => ended(child, 'SIGKILL'),
    start,
    async stop() {
      await ended(child, 'SIGTERM');
      rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

export function unprivileged(command: readonly string[]): string[] {
  const as = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  return process.getuid?.() === 0 ? [...as, ...command] : [...command];
}

export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}
