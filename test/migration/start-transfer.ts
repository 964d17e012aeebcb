import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { WebAccess } from '../../functions/case/access.ts';
import type { OpenSshServer } from '../servers/openssh.ts';
import type { Done, Order } from './transfer-process.ts';

export interface RunningTransfer {
  child: ChildProcess;
  /** Resolves once it is connected and has stored so many things; false when it ended before. */
  stored(count: number): Promise<boolean>;
  /** What was done, or undefined when it did not come to its end. */
  done: Promise<Done | undefined>;
}

export function accessTo(server: OpenSshServer, root: string): WebAccess {
  return {
    ...{ protocol: 'sftp', host: server.host, port: server.port, user: server.user },
    ...{ privateKey: server.privateKey, hostKey: server.hostKey, root },
  };
}

/** Starts transfer-process.ts. `compiled`: a folder that keeps the compiled code, for those who start it often. */
export function startTransfer(
  order: Order,
  { options = [], compiled }: { options?: readonly string[]; compiled?: string } = {},
): RunningTransfer {
  const script = join(import.meta.dirname, 'transfer-process.ts');
  const child = spawn(process.execPath, [...options, script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(compiled !== undefined && { NODE_COMPILE_CACHE: compiled }) },
  });
  let output = '';
  let stored = 0;
  const waiting: { count: number; resolve: (reached: boolean) => void }[] = [];
  child.stdout?.on('data', (piece) => {
    output += piece;
    stored = output.split('.\n').length - 2;
    for (const { count, resolve } of waiting) if (stored >= count) resolve(true);
  });
  const done = new Promise<Done | undefined>((resolve) =>
    child.once('close', (code) => {
      for (const one of waiting) one.resolve(false);
      resolve(code === 0 ? (JSON.parse(output.slice(output.indexOf('{'))) as Done) : undefined);
    }),
  );
  return {
    ...{ child, done },
    stored: (count) => new Promise((resolve) => waiting.push({ count, resolve })),
  };
}
