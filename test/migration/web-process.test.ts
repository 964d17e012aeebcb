import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import type { Done, Order } from './transfer-process.ts';

describe('a transfer as a process', () => {
  let from: OpenSshServer;
  let to: OpenSshServer;
  let source: string;
  let target: string;
  let folder: string;

  beforeAll(async () => {
    [from, to] = [await startOpenSsh(), await startOpenSsh()];
    [source, target] = [join(from.folder, 'www'), join(to.folder, 'www')];
  });

  beforeEach(() => {
    for (const directory of [source, target]) {
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory);
    }
    folder = mkdtempSync(join(tmpdir(), 'transfer-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  afterAll(async () => {
    await from.stop();
    await to.stop();
  });

  function start(options: readonly string[] = []): { child: ChildProcess; done: Promise<Done | undefined> } {
    const access = (server: OpenSshServer, root: string): WebAccess => ({
      ...{ protocol: 'sftp', host: server.host, port: server.port, user: server.user },
      ...{ privateKey: server.privateKey, hostKey: server.hostKey, root },
    });
    const order: Order = { source: access(from, source), target: access(to, target), folder };
    const script = join(import.meta.dirname, 'transfer-process.ts');
    const child = spawn(process.execPath, [...options, script, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (piece) => {
      output += piece;
    });
    const done = new Promise<Done | undefined>((resolve) =>
      child.once('close', (code) => resolve(code === 0 ? (JSON.parse(output) as Done) : undefined)),
    );
    return { child, done };
  }

  function difference(): string[] {
    const compared = execFileSync('rsync', ['-ainc', '--delete', `${source}/`, `${target}/`]).toString();
    return compared.split('\n').filter((line) => line && !line.endsWith(' ./'));
  }

  it('killed again and again goes on, and in the end nothing is missing, doubled or left over', async () => {
    for (let directory = 0; directory < 20; directory += 1) {
      mkdirSync(join(source, `${directory}`));
      for (let file = 0; file < 100; file += 1) {
        writeFileSync(join(source, `${directory}`, `${file}`), randomBytes(500 + file * 100));
      }
    }
    writeFileSync(join(source, 'large'), randomBytes(40_000_000));
    let kills = 0;
    for (const life of [400, 700, 1000, 1300]) {
      const { child, done } = start();
      await Promise.race([wait(life), done]);
      if (child.kill('SIGKILL')) kills += 1;
      await done;
    }
    expect(kills).toBeGreaterThan(0);
    expect(await start().done).toMatchObject({ objects: 2021, moved: 2021, unexplained: 0 });
    expect(difference()).toEqual([]);
  }, 120_000);

  it('moves a file larger than the memory that it is allowed', async () => {
    const file = join(source, 'large.img');
    writeFileSync(file, '');
    truncateSync(file, 300_000_000);
    const open = openSync(file, 'r+');
    for (let at = 0; at < 300_000_000; at += 1_000_000) writeSync(open, randomBytes(64), 0, 64, at);
    const done = await start(['--max-old-space-size=64']).done;
    expect(done).toMatchObject({ objects: 1, moved: 1, unexplained: 0 });
    expect(done!.residentMegabytes).toBeLessThan(260);
    expect(difference()).toEqual([]);
  }, 120_000);
});
