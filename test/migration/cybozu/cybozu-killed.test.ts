import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WebAccess } from '../../../functions/case/access.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { fileVault } from '../../../local/ports/vault.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { install } from './installation.ts';
import { Move } from './move.ts';
import type { Order } from './move-process.ts';

const killsWanted = 4;
let [from, to]: OpenSshServer[] = [];
const folder = mkdtempSync(join(tmpdir(), 'cybozu-'));

beforeAll(async () => {
  [from, to] = [await startOpenSsh(), await startOpenSsh()];
});

afterAll(async () => {
  await from?.stop();
  await to?.stop();
  rmSync(folder, { recursive: true });
});

test('killed in the copy again and again: each time the source is opened, and in the end nothing is missing', async () => {
  const [source, target] = [join(from!.folder, 'cbag'), join(to!.folder, 'cbag')];
  install(source, { attachments: 600, size: 60_000 });
  install(target, { fresh: true });
  const access = ({ host, port, user, privateKey, hostKey }: OpenSshServer, root: string) =>
    ({ protocol: 'sftp', host, port, user, privateKey, hostKey, root }) as WebAccess;
  const order: Order = { source: access(from!, source), target: access(to!, target), folder };
  const flag = join(source, 'cb5/data/maint');
  const start = () => {
    const script = join(import.meta.dirname, 'move-process.ts');
    const child = spawn(process.execPath, [script, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (piece) => {
      output += piece;
    });
    const done = new Promise<string | undefined>((resolve) =>
      child.once('close', (code) => resolve(code === 0 ? output : undefined)),
    );
    return { child, done };
  };
  // What the state machine does when a step is gone for good.
  const another = new Move({ ...order, objects: fileObjects(folder), vault: fileVault(folder) });

  let kills = 0;
  for (let life = 0; life < killsWanted; life += 1) {
    const { child, done } = start();
    while (!existsSync(flag) && child.exitCode === null) await wait(2);
    // From the very moment of the flag to the middle of the copy.
    await wait(life * 120);
    if (child.kill('SIGKILL')) kills += 1;
    await done;
    await another.release();
    expect(existsSync(flag)).toBe(false);
  }
  expect(kills).toBeGreaterThan(1);
  const output = await start().done;
  expect(JSON.parse(output!)).toMatchObject({ skipped: 0, unexplained: 0 });
  expect(existsSync(flag)).toBe(false);
  for (const directory of ['data', 'file']) {
    const ends = [`${source}/cb5/${directory}/`, `${target}/cb5/${directory}/`];
    const compared = execFileSync('rsync', ['-ainc', '--no-o', '--no-g', '--delete', ...ends]).toString();
    expect(compared.split('\n').filter((line) => line && !line.endsWith(' ./'))).toEqual([]);
  }
}, 300_000);
