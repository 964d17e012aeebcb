import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { accepting, freePort } from './free-port.ts';

export interface ProftpdServer {
  host: string;
  /** Of SFTP. */
  port: number;
  /** Of FTP. */
  ftpPort: number;
  user: string;
  password: string;
  /** As OpenSSH prints it. */
  hostKey: string;
  /** Its own folder; removed by stop(). */
  folder: string;
  /** Where the user's files lie. */
  home: string;
  pid: number;
  /** Killed with all its sessions, and started again on the same ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const proftpdInstalled = existsSync('/usr/sbin/proftpd') && existsSync('/usr/lib/proftpd/mod_sftp.so');
const nobody = 65_534;
const passivePorts = 100;

export interface ProftpdOptions {
  user?: string;
  password?: string;
  /** Lines for FTP and SFTP alike. */
  config?: readonly string[];
  /** Files in its folder, readable by the server alone. */
  files?: Readonly<Record<string, string>>;
  /** Lines for the end of the configuration: further virtual hosts. */
  hosts?: (folder: string, shared: readonly string[]) => readonly string[];
  /** Lines for its beginning. */
  modules?: readonly string[];
}

/** A real ProFTPD on loopback: FTP, and SFTP with a password (mod_sftp). Run as nobody where the caller is root. */
export async function startProftpd(options: ProftpdOptions = {}): Promise<ProftpdServer> {
  const { user = 'taro', password = 'himitsu-0123' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'proftpd-'));
  chmodSync(folder, 0o755);
  const [port, ftpPort, passive] = [await freePort(), await freePort(), await freePort(passivePorts)];
  const home = join(folder, 'home');
  mkdirSync(home);
  execFileSync('ssh-keygen', [
    '-q',
    '-m',
    'PEM',
    '-t',
    'rsa',
    '-b',
    '2048',
    '-N',
    '',
    '-f',
    join(folder, 'host'),
  ]);
  const root = process.getuid?.() === 0;
  const { uid, gid } = root ? { uid: nobody, gid: nobody } : userInfo();
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password }).toString().trim();
  writeFileSync(join(folder, 'users'), `${user}:${hash}:${uid}:${gid}::${home}:/bin/sh\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'config'), configuration(folder, { port, ftpPort, passive }, options));
  const files = Object.entries(options.files ?? {});
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const own = ['.', 'home', 'host', 'users', 'config', ...files.map(([name]) => name)];
  if (root) for (const file of own) chownSync(join(folder, file), uid, gid);
  let child = spawnServer(folder, root);
  await accepting(port, child, join(folder, 'log'));
  return {
    host: '127.0.0.1',
    port,
    ftpPort,
    user,
    password,
    hostKey: execFileSync('ssh-keygen', ['-lf', join(folder, 'host.pub')])
      .toString()
      .split(' ')[1]!,
    folder,
    home,
    pid: child.pid!,
    async restart() {
      const sessions = childrenOf(child.pid!);
      for (const pid of [child.pid!, ...sessions]) killed(pid);
      await ended(child);
      child = spawnServer(folder, root);
      await accepting(port, child, join(folder, 'log'));
    },
    async stop() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

function configuration(
  folder: string,
  { port, ftpPort, passive }: Record<'port' | 'ftpPort' | 'passive', number>,
  { config = [], modules = [], hosts = () => [] }: ProftpdOptions,
): string {
  const shared = [
    `AuthUserFile ${folder}/users`,
    'AuthOrder mod_auth_file.c',
    'RequireValidShell off',
    'AllowOverwrite on',
    ...config,
  ];
  return [
    'LoadModule mod_sftp.c',
    ...modules,
    `User ${process.getuid?.() === 0 ? 'nobody' : userInfo().username}`,
    `Group ${process.getuid?.() === 0 ? 'nogroup' : execFileSync('id', ['-gn']).toString().trim()}`,
    'ServerType standalone',
    'ServerName test',
    'UseReverseDNS off',
    'DefaultAddress 127.0.0.1',
    'SocketBindTight on',
    `Port ${ftpPort}`,
    `PassivePorts ${passive} ${passive + passivePorts}`,
    'MaxInstances 100',
    `PidFile ${folder}/pid`,
    `ScoreboardFile ${folder}/scoreboard`,
    'DelayTable none',
    'WtmpLog off',
    `SystemLog ${folder}/system.log`,
    'ControlsEngine off',
    ...shared,
    '<VirtualHost 127.0.0.1>',
    `Port ${port}`,
    'SFTPEngine on',
    `SFTPHostKey ${folder}/host`,
    'SFTPAuthMethods password',
    `SFTPLog ${folder}/sftp.log`,
    ...shared,
    '</VirtualHost>',
    ...hosts(folder, shared),
    '',
  ].join('\n');
}

function spawnServer(folder: string, asNobody: boolean): ChildProcess {
  const command = ['/usr/sbin/proftpd', '--nodaemon', '--config', join(folder, 'config')];
  const as = asNobody ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];
  const [program, ...rest] = [...as, ...command];
  const output = openSync(join(folder, 'log'), 'a');
  return spawn(program!, rest, { stdio: ['ignore', output, output] });
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Undefined for a process that has just ended. */
function parentOf(pid: string): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(fields.slice(fields.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
