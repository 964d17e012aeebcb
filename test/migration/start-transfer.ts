import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WebAccess } from '../../functions/case/access.ts';
import type { OpenSshServer } from '../servers/openssh.ts';
import type { Done, Order } from './transfer-process.ts';

export function accessTo(server: OpenSshServer, root: string): WebAccess {
  return {
    ...{ protocol: 'sftp', host: server.host, port: server.port, user: server.user },
    ...{ privateKey: server.privateKey, hostKey: server.hostKey, root },
  };
}

/**
 * Runs transfer-process.ts; what was done, or undefined when it died before. `compiled`: a folder that keeps the
 * compiled code, for those who start it often.
 */
export async function runTransfer(
  order: Order,
  { options = [], compiled }: { options?: readonly string[]; compiled?: string } = {},
): Promise<Done | undefined> {
  const script = join(import.meta.dirname, 'transfer-process.ts');
  const child = spawn(process.execPath, [...options, script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(compiled !== undefined && { NODE_COMPILE_CACHE: compiled }) },
  });
  let output = '';
  child.stdout.on('data', (piece) => {
    output += piece;
  });
  await once(child, 'close');
  if (child.signalCode === 'SIGKILL') return undefined;
  if (child.exitCode !== 0) throw new Error('The transfer failed; its error is above.');
  return JSON.parse(output) as Done;
}
