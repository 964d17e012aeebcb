import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Below the ports that the system gives away by itself (from 32768): between this answer and the server's start no socket
 * of another test comes upon one of them. Each worker of jest has ports of its own.
 */
const [lowest, ofEach] = [11_000, 4_000];
const worker = Number(process.env.JEST_WORKER_ID ?? process.pid) % 5;
let next = Math.floor(Math.random() * ofEach);

/** A port of 127.0.0.1 on which nobody listens; so many `more` behind it are given to nobody else. */
export async function freePort(more = 0): Promise<number> {
  for (let tried = 0; tried < ofEach; tried += 1) {
    const port = lowest + worker * ofEach + (next % (ofEach - more));
    next += 1 + more;
    if (await isFree(port)) return port;
  }
  throw new Error('No port is free for a test server.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Until the server accepts connections; a server that ended, or does not within two minutes, is an error with its log. */
export async function accepting(port: number, child: ChildProcess, log: string): Promise<void> {
  for (const end = performance.now() + 120_000; performance.now() < end; ) {
    if (await connects(port)) return;
    if (child.exitCode !== null || child.signalCode !== null) break;
    await wait(50);
  }
  const words = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : '';
  child.kill('SIGTERM');
  throw new Error(`The test server did not start on port ${port}.\n${words}`);
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
