import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { packBytes } from '../../functions/migration/chunk.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { startScriptedShell } from '../servers/openssh-script.ts';
import { jobOf, transfer } from './whole-transfer.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function reach(server: OpenSshServer, root: string) {
  const tree = await openWebTree(
    { protocol: 'sftp', ...server, root },
    { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 },
  );
  ends.push(() => tree.close());
  return tree;
}

/** To the system a file beyond its limit is what a disk without room is: the write fails, and SFTP does not say why. */
const noRoom = "trap '' XFSZ; ulimit -f 20";

it.each([
  ['over SFTP', { always: noRoom, before: 'exit 1' }, 30_000],
  ['with a shell', { always: noRoom }, 30_000],
  ['with a file in parts', { always: noRoom, before: 'exit 1' }, packBytes + 1],
] as const)(
  'a disk without room ends the run %s, keeps what has arrived, and the run goes on',
  async (_, of, size) => {
    const [from, full, roomy] = [await startOpenSsh(), await startScriptedShell(of), await startOpenSsh()];
    ends.push(from.stop, full.stop, roomy.stop);
    const [source, target] = [join(from.folder, 'www'), join(full.folder, 'www')];
    for (const folder of [source, target]) mkdirSync(folder);
    for (let number = 0; number < 10; number += 1) {
      mkdirSync(join(source, `d${number}`));
      writeFileSync(join(source, `d${number}`, 'small'), randomBytes(900 * number));
    }
    writeFileSync(join(source, 'z'), randomBytes(size));
    for (const name of ['z', ...readdirSync(source).filter((name) => name !== 'z')]) {
      utimesSync(join(source, name), 1_000_000_000, 1_000_000_000);
    }
    const job = jobOf(await reach(from, source), await reach(full, target));
    await expect(transfer(job)).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringMatching(/容量.*保持/),
    });
    const seen = readdirSync(target, { recursive: true }).map(String);
    expect(seen).not.toContain('z');
    // The same folder by a server that takes everything.
    const reads: string[] = [];
    const again = await reach(from, source);
    const [read, readMany] = [again.read.bind(again), again.readMany.bind(again)];
    again.read = (path, ...rest) => {
      reads.push(`${path}:${rest[0]}`);
      return read(path, ...rest);
    };
    again.readMany = (files, room) => {
      reads.push(...files.map(({ path }) => `${path}:0`));
      return readMany(files, room);
    };
    const taken = { ...job, source: again, target: await reach(roomy, target) };
    expect(await transfer(taken, 'sparing')).toMatchObject({ objects: 21, moved: 21, unexplained: 0 });
    // What is staged is not read again; other chunks, and the second part of a file, may not have been.
    expect(reads).not.toContain('z:0');
    if (size < packBytes) expect(reads).toEqual([]);
    const compared = execFileSync('rsync', ['-ainc', '--delete', `${source}/`, `${target}/`]).toString();
    expect(compared.split('\n').filter((line) => line && !line.endsWith(' ./'))).toEqual([]);
  },
);
