import type { WebAccess } from '../../../functions/case/access.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { fileVault } from '../../../local/ports/vault.ts';
import { Move } from './move.ts';

/** A whole Cybozu move as a process of its own, to be killed: `node move-process.ts '{…}'`. */
export interface Order {
  source: WebAccess;
  target: WebAccess;
  folder: string;
}

const { source, target, folder } = JSON.parse(process.argv[2] ?? '') as Order;
const move = new Move({ source, target, objects: fileObjects(folder), vault: fileVault(folder) });
await move.confide();
process.stdout.write(`${JSON.stringify(await move.whole())}\n`);
