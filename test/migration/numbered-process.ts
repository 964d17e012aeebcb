import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attributes, Entry, Reading } from '../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { MemoryVault } from './memory-ports.ts';
import { inventoryOf, transfer } from './whole-transfer.ts';

/**
 * The inventory, or the whole transfer, of a tree that exists only as numbers, as a process of its own:
 * `node … inventory|transfer directories entries`. Prints counts, seconds and the peak of its memory.
 */
const [work, ...counts] = process.argv.slice(2);
const [directories = 0, entries = 0] = counts.map(Number);
const directory: Attributes = { kind: 'directory', size: 0, mode: 0o755, mtime: 1000 };
const content = Buffer.from('A page of some hundred bytes. '.repeat(10));
const file: Attributes = { kind: 'file', size: content.length, mode: 0o644, mtime: 1000 };

/** As source it gives what its numbers say; as target it has that, too, and takes whatever is written. */
class NumberedTree extends MemoryTree {
  override async inspect(path: Buffer): Promise<Attributes> {
    return path.includes('page') ? file : directory;
  }

  override async *list(path: Buffer): AsyncIterable<readonly Entry[]> {
    const count = path.length === 0 ? directories : entries;
    for (let from = 0; from < count; from += 100) {
      yield Array.from({ length: Math.min(100, count - from) }, (_, at) => ({
        // Not in order, as servers give them.
        name: Buffer.from(`${(from + at) * 7919}-an-ordinary-${path.length === 0 ? 'folder' : 'page.html'}`),
        attributes: path.length === 0 ? directory : file,
      }));
    }
  }

  override async read(): Promise<Reading> {
    return { before: file, after: file, content };
  }

  override async write(): Promise<void> {}
  override async rename(): Promise<void> {}
  override async remove(): Promise<void> {}
}

const folder = mkdtempSync(join(tmpdir(), 'numbered-'));
const started = performance.now();
const job = {
  ...{ caseId: 'HK-1', plan: 'web' as const, run: 1, remaining: () => 900_000 },
  ...{ objects: fileObjects(folder), vault: new MemoryVault() },
  ...{ source: new NumberedTree(), target: new NumberedTree() },
};
const result = work === 'transfer' ? await transfer(job) : await inventoryOf(job);
rmSync(folder, { recursive: true, force: true });
const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
const seconds = Math.round((performance.now() - started) / 100) / 10;
process.stdout.write(
  `${JSON.stringify({ ...result, residentMegabytes: Math.round(peak / 1000), seconds })}\n`,
);
