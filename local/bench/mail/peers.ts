import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dovecot } from '../../../test/servers/dovecot.ts';
import { timed } from '../timed.ts';

/** mbsync between two IMAP servers, pipelined as it is by default. `state` is kept for its second run. */
export async function mbsync(ports: { source: number; target: number }, state: string): Promise<number> {
  const store = (name: string, port: number) =>
    `IMAPStore ${name}\nHost 127.0.0.1\nPort ${port}\nUser taro\nPass himitsu\nSSLType None\nAuthMechs LOGIN\n\n`;
  const config = join(state, 'mbsyncrc');
  writeFileSync(
    config,
    `${store('source', ports.source)}${store('target', ports.target)}Channel all\nFar :source:\nNear :target:\nPatterns *\n` +
      `Create Near\nSync Pull\nCopyArrivalDate yes\nSyncState ${state}/\n`,
  );
  return (await timed('mbsync', ['-q', '-c', config, 'all'])).seconds;
}

/** doveadm, which writes the target's files itself and is no stranger to either server. */
export async function doveadmBackup(sourcePort: number, target: Dovecot): Promise<number> {
  const settings = {
    imapc_host: '127.0.0.1',
    imapc_port: sourcePort,
    imapc_user: 'taro',
    imapc_password: 'himitsu',
    imapc_features: 'rfc822.size fetch-headers',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const program = ['doveadm', '-c', target.config, ...options, 'backup', '-R', '-u', 'taro', 'imapc:'];
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...program];
  const [command, ...args] = process.getuid?.() === 0 ? asNobody : program;
  return (await timed(command!, args)).seconds;
}

/** The program that `IMAPSYNC` names, or `imapsync` on PATH; undefined when there is none. */
export function findImapsync(): string | undefined {
  const name = process.env.IMAPSYNC ?? 'imapsync';
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0 ? name : undefined;
}

export async function imapsync(program: string, ports: { source: number; target: number }): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'imapsync-'));
  const side = (number: 1 | 2, port: number) => [
    `--host${number}=127.0.0.1`,
    `--port${number}=${port}`,
    `--user${number}=taro`,
    `--password${number}=himitsu`,
    `--nossl${number}`,
    `--notls${number}`,
  ];
  try {
    const args = [
      ...side(1, ports.source),
      ...side(2, ports.target),
      '--nolog',
      '--noreleasecheck',
      '--tmpdir',
      folder,
    ];
    return (await timed(program, args)).seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
