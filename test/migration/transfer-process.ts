import { readFileSync } from 'node:fs';
import type { WebAccess } from '../../functions/case/access.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { fileVault } from '../../local/ports/vault.ts';
import { transfer } from './whole-transfer.ts';

/** A whole transfer as a process of its own, to be killed or measured: `node transfer-process.ts '{…}'`. */
export interface Order {
  source: WebAccess;
  target: WebAccess;
  folder: string;
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
const objects = fileObjects(order.folder);
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
const { objects: count, moved, unexplained } = await transfer(job).then((result) => result);
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
const done: Done = { objects: count, moved, unexplained, residentMegabytes: Math.round(Number(peak) / 1000) };
process.stdout.write(`${JSON.stringify(done)}\n`);
await source.close();
await target.close();
