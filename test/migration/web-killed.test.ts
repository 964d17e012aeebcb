import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import type { Objects } from '../../functions/case/ports.ts';
import { packBytes } from '../../functions/migration/chunk.ts';
import { readLines } from '../../functions/migration/ndjson.ts';
import type { ObjectLine } from '../../functions/migration/object-line.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { startOpenSsh } from '../servers/openssh.ts';
import { startFtpServer } from './ftp/ftp-server.ts';
import { accessTo, runTransfer } from './start-transfer.ts';
import type { Order } from './transfer-process.ts';

const folders = 16;
const filesInEach = 30;
const objectsInAll = folders * (1 + filesInEach + 1);

/** Many small chunks and large files in two parts each: things are stored some 60 times to plan it, then some 180 times to copy. */
function fill(source: string): void {
  for (let folder = 0; folder < folders; folder += 1) {
    const directory = join(source, `d${folder}`);
    mkdirSync(directory);
    for (let file = 0; file < filesInEach; file += 1) {
      writeFileSync(join(directory, `f${file}`), randomBytes(file * 200));
    }
    writeFileSync(join(directory, 'large'), randomBytes(packBytes + 40_000));
  }
  execFileSync('chown', ['-R', '--reference', source, source]);
}

/** A folder behind a server. */
interface Place {
  access: WebAccess;
  folder: string;
  stop(): Promise<void>;
}

async function overSsh(config: readonly string[] = []): Promise<Place> {
  const server = await startOpenSsh({ config });
  const folder = join(server.folder, 'www');
  mkdirSync(folder);
  return { access: accessTo(server, folder), folder, stop: server.stop };
}

/** ProFTPD as it is delivered: no file can be continued. */
async function overFtp(): Promise<Place> {
  const server = await startFtpServer({ config: [] });
  return { access: server.access('ftp'), folder: server.home, stop: server.stop };
}

describe.each([
  ['by SFTP alone', 50, overSsh],
  ['with a shell', 6, () => overSsh(['ForceCommand none'])],
  ['by FTP', 6, overFtp],
] as const)('a move %s, killed with -9 %i times at random moments', (_, kills, open) => {
  let from: Place;
  let to: Place;
  let folder: string;
  let order: Order;
  let objects: Objects;

  beforeAll(async () => {
    [from, to] = [await open(), await open()];
    folder = mkdtempSync(join(tmpdir(), 'killed-'));
    fill(from.folder);
    order = { source: from.access, target: to.access, folder, reads: join(folder, 'reads') };
    objects = fileObjects(folder);
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await from.stop();
    await to.stop();
  });

  /** So many things stored, and some milliseconds more: within the plan at first, then from one step to another. */
  async function live(number: number): Promise<void> {
    const planned = (await objects.size('temporary/HK-1/web/1/plan.json')) !== undefined;
    // The last life stages something, whatever those before it came to: what it stores first in a copy is staged.
    const least = number === kills - 1 ? 3 : 0;
    const steps = planned
      ? least + Math.random() * 3
      : number < 3
        ? Math.random() * 60
        : 65 + Math.random() * 3;
    const dies = { stored: Math.floor(steps), milliseconds: Math.random() * 20 };
    const ended = await runTransfer({ ...order, dies }, { compiled: join(folder, 'compiled') });
    if (ended) throw new Error('It came to its end: there is too little to move.');
  }

  function readsSoFar(): string[] {
    return existsSync(order.reads!) ? readFileSync(order.reads!, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** What is staged, as `path:start`. */
  async function staged(): Promise<Set<string>> {
    const found = new Set<string>();
    for await (const { key } of objects.list('temporary/HK-1/web/1/')) {
      const [, plan, chunk, pack] = /^(.*)\/staged\/(\d+)\/(.+)$/.exec(key) ?? [];
      if (plan === undefined) continue;
      const part = /^\d+-(\d+)$/.exec(pack!)?.[1];
      for await (const line of readLines<ObjectLine>(objects, `${plan}/chunks/${chunk}.ndjson`)) {
        if (line.kind === 'file') found.add(`${line.path!.slice(2)}:${Number(part ?? 0) * packBytes}`);
      }
    }
    return found;
  }

  it('goes on each time, reads nothing again that is staged, and in the end both trees are the same', async () => {
    const readAgain: string[] = [];
    let stagedBefore = new Set<string>();
    let lives = 0;
    const look = async () => {
      const reads = readsSoFar();
      readAgain.push(...reads.slice(seen).filter((read) => stagedBefore.has(read)));
      seen = reads.length;
      stagedBefore = await staged();
    };
    let seen = 0;
    for (; lives < kills; lives += 1) {
      await live(lives);
      await look();
    }
    expect(stagedBefore.size).toBeGreaterThan(0);
    const last = await runTransfer(order, { compiled: join(folder, 'compiled') });
    expect(last).toMatchObject({ objects: objectsInAll, moved: objectsInAll, unexplained: 0 });
    await look();
    expect(readAgain).toEqual([]);

    const compared = execFileSync('rsync', [
      ...['-ainc', '--delete', '--no-owner', '--no-group', `${from.folder}/`, `${to.folder}/`],
    ]).toString();
    expect(compared.split('\n').filter((line) => line && !line.endsWith(' ./'))).toEqual([]);
    const inLedger: string[] = [];
    for await (const { path } of readLines<ObjectLine>(objects, 'records/HK-1/ledger/web/1.ndjson')) {
      inLedger.push(path!);
    }
    const inTree = execFileSync('find', ['.', '-mindepth', '1'], { cwd: from.folder })
      .toString()
      .trim()
      .split('\n');
    expect(inLedger.sort()).toEqual(inTree.sort());
  }, 600_000);
});
