import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attributes, Entry } from '../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { MemoryVault } from './memory-ports.ts';
import { inventoryOf } from './whole-transfer.ts';

/** The inventory of a tree that exists only as numbers, as a process of its own: `node … directories entries`. */
const [directories = 0, entries = 0] = process.argv.slice(2).map(Number);
const directory: Attributes = { kind: 'directory', size: 0, mode: 0o755, mtime: 1000 };

class NumberedTree extends MemoryTree {
  override async inspect(): Promise<Attributes> {
    return directory;
  }

  override async *list(path: Buffer): AsyncIterable<readonly Entry[]> {
    const count = path.length === 0 ? directories : entries;
    for (let from = 0; from < count; from += 100) {
      yield Array.from({ length: Math.min(100, count - from) }, (_, at) => ({
        // Not in order, as servers give them.
        name: Buffer.from(`${(from + at) * 7919}-an-ordinary-name.html`),
        attributes: path.length === 0 ? directory : { kind: 'file', size: 10_000, mode: 0o644, mtime: 1000 },
      }));
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'inventory-'));
const started = performance.now();
const { objects, chunks } = await inventoryOf({
  ...{ caseId: 'HK-1', plan: 'web', run: 1, remaining: () => 900_000 },
  ...{ objects: fileObjects(folder), vault: new MemoryVault() },
  ...{ source: new NumberedTree(), target: new MemoryTree() },
});
rmSync(folder, { recursive: true, force: true });
const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
const seconds = Math.round((performance.now() - started) / 100) / 10;
process.stdout.write(
  `${JSON.stringify({ objects, chunks, residentMegabytes: Math.round(peak / 1000), seconds })}\n`,
);
