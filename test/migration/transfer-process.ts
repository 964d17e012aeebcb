import { appendFileSync, readFileSync } from 'node:fs';
import type { WebAccess } from '../../functions/case/access.ts';
import type { FileTree, WantedFile } from '../../functions/migration/web/file-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { fileVault } from '../../local/ports/vault.ts';
import { copyAll, verified } from './whole-transfer.ts';

/**
 * A whole transfer as a process of its own, to be killed or measured: `node transfer-process.ts '{…}'`. It prints in the end
 * what was done.
 */
export interface Order {
  source: WebAccess;
  target: WebAccess;
  folder: string;
  /** A file to which `path:start` is added, a line each, before anything is read of a file of the source to copy it. */
  reads?: string;
  /**
   * It kills itself with SIGKILL so many milliseconds after it is connected and has stored so many things: from outside, a
   * busy machine would let it live longer than was meant.
   */
  dies?: { stored: number; milliseconds: number };
}

export interface Done {
  objects: number;
  moved: number;
  unexplained: number;
  /** Peak, in MB. */
  residentMegabytes: number;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const policy = { allowedAddresses: ['127.0.0.0/8'] };
const [source, target] = [await openWebTree(order.source, policy), await openWebTree(order.target, policy)];
let copying = true;
if (order.reads !== undefined) noteReads(source, order.reads);
const objects = fileObjects(order.folder);
const { put } = objects;
let stored = 0;
objects.put = async (key, body) => {
  await put(key, body);
  stored += 1;
  mayDie();
};
mayDie();
const vault = fileVault(order.folder);
const job = {
  caseId: 'HK-1',
  plan: 'web' as const,
  run: 1,
  objects,
  vault,
  source,
  target,
  remaining: () => 900_000,
};
await copyAll(job);
copying = false;
const { objects: count, moved, unexplained } = await verified(job);
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
const done: Done = { objects: count, moved, unexplained, residentMegabytes: Math.round(Number(peak) / 1000) };
process.stdout.write(`${JSON.stringify(done)}\n`);
await source.close();
await target.close();

function mayDie(): void {
  if (order.dies?.stored === stored)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), order.dies.milliseconds);
}

function noteReads(tree: FileTree, file: string): void {
  const [read, readMany] = [tree.read.bind(tree), tree.readMany.bind(tree)];
  tree.read = (path: Buffer, start: number, length: number) => {
    if (copying) appendFileSync(file, `${path}:${start}\n`);
    return read(path, start, length);
  };
  tree.readMany = (files: readonly WantedFile[], room?: Buffer) => {
    if (copying) appendFileSync(file, files.map(({ path }) => `${path}:0\n`).join(''));
    return readMany(files, room);
  };
}
