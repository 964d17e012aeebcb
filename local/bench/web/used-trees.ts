import { mkdtempSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Trees that a run has made. ext4 without a journal passes over each inode that was freed within the last minutes whenever
 * a file is made (fs/ext4/ialloc.c, recently_deleted), so a tree deleted between two runs would slow down the next one.
 * Used trees are only emptied of their content, and go when all is measured: whatever is measured on that disk within the
 * next five minutes is slower for it, by up to six seconds of the processor's time for 20,000 files. A tmpfs knows nothing of it.
 */
export class UsedTrees {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bench-used-'));
  #count = 0;

  putAside(tree: string): void {
    this.#count += 1;
    const place = join(this.#folder, String(this.#count));
    renameSync(tree, place);
    for (const entry of readdirSync(place, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) truncateSync(join(entry.parentPath, entry.name));
    }
  }

  delete(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
