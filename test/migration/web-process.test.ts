import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { accessTo, runTransfer } from './start-transfer.ts';

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

  function difference(): string[] {
    const compared = execFileSync('rsync', ['-ainc', '--delete', `${source}/`, `${target}/`]).toString();
    return compared.split('\n').filter((line) => line && !line.endsWith(' ./'));
  }

  it('moves a file larger than the memory that it is allowed', async () => {
    const file = join(source, 'large.img');
    writeFileSync(file, '');
    truncateSync(file, 300_000_000);
    const open = openSync(file, 'r+');
    for (let at = 0; at < 300_000_000; at += 1_000_000) writeSync(open, randomBytes(64), 0, 64, at);
    const order = { source: accessTo(from, source), target: accessTo(to, target), folder };
    const done = await runTransfer(order, { options: ['--max-old-space-size=64'] });
    expect(done).toMatchObject({ objects: 1, moved: 1, unexplained: 0 });
    expect(done!.residentMegabytes).toBeLessThan(260);
    expect(difference()).toEqual([]);
  });
});
