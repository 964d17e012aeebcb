import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { accepting, freePort } from './free-port.ts';

export interface OpenSshOptions {
  /** Where root runs the tests, files are reached as nobody, and permissions bite. */
  unprivileged?: boolean;
  /** Lines of sshd_config that come first, so that they win. */
  config?: readonly string[];
  /** ed25519 (default), rsa or ecdsa: of the host key. */
  hostKeyKind?: string;
}

export interface OpenSshServer {
  host: string;
  port: number;
  user: string;
  /** OpenSSH format, no passphrase. */
  privateKey: string;
  /** As OpenSSH prints it. */
  hostKey: string;
  /** Its own folder, of the user who logs in; removed by stop(). */
  folder: string;
  pid: number;
  stop(): Promise<void>;
}

export const openSshInstalled = existsSync('/usr/sbin/sshd');
const nobody = 65_534;
const sftpAsNobody = `ForceCommand setpriv --reuid=${nobody} --regid=${nobody} --clear-groups /usr/lib/openssh/sftp-server`;

/** A real sshd on loopback: log-in by key, SFTP built in. Ended by its pid. */
export async function startOpenSsh(options: OpenSshOptions = {}): Promise<OpenSshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'openssh-'));
  chmodSync(folder, 0o755);
  const root = process.getuid?.() === 0;
  const asNobody = root && options.unprivileged === true;
  const port = await freePort();
  generateKey(join(folder, 'host'), options.hostKeyKind ?? 'ed25519');
  generateKey(join(folder, 'user'), 'ed25519');
  if (asNobody) chownSync(folder, nobody, nobody);
  if (root) mkdirSync('/run/sshd', { recursive: true });
  writeFileSync(
    join(folder, 'config'),
    configuration(folder, port, [...(options.config ?? []), ...(asNobody ? [sftpAsNobody] : [])]),
  );
  const child = spawnServer(folder);
  await accepting(port, child, join(folder, 'log'));
  return {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    privateKey: readFileSync(join(folder, 'user'), 'utf8'),
    hostKey: execFileSync('ssh-keygen', ['-lf', join(folder, 'host.pub')])
      .toString()
      .split(' ')[1]!,
    folder,
    pid: child.pid!,
    async stop() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

function generateKey(file: string, kind: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', kind, '-N', '', '-f', file]);
}

function configuration(folder: string, port: number, first: readonly string[]): string {
  return [
    ...first,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/user.pub`,
    `PidFile ${folder}/pid`,
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'StrictModes no',
    'UsePAM no',
    'MaxSessions 100',
    'MaxStartups 200',
    'Subsystem sftp internal-sftp',
    'ForceCommand internal-sftp',
    '',
  ].join('\n');
}

function spawnServer(folder: string): ChildProcess {
  const command = ['-D', '-f', join(folder, 'config'), '-E', join(folder, 'log')];
  return spawn('/usr/sbin/sshd', command, { stdio: 'ignore' });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
