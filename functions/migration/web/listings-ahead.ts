import type { FileTree } from './file-tree.ts';
import { Listing } from './listing.ts';

const mostAhead = 16;

/** Listings of directories that a walk will come to, begun before it does: each takes several round trips. */
export class ListingsAhead {
  readonly #tree: FileTree;
  readonly #deep: boolean;
  readonly #begun = new Map<string, Listing>();

  /** `deep`: what is below a directory whose listing is there already is begun too. */
  constructor(tree: FileTree, { deep }: { deep: boolean }) {
    this.#tree = tree;
    this.#deep = deep;
  }

  /** Begins those that come first, as many as may be under way. */
  begin(upcoming: Iterable<Buffer>): void {
    for (const directory of upcoming) if (!this.#begin(directory)) return;
  }

  take(directory: Buffer): Listing {
    const key = keyOf(directory);
    const begun = this.#begun.get(key);
    this.#begun.delete(key);
    return begun ?? new Listing(this.#tree, directory);
  }

  /** Of a directory that is not entered, and of all below it; the empty path is all. */
  async drop(directory: Buffer): Promise<void> {
    const dropped = [...this.#begun].filter(([key]) => isWithin(key, keyOf(directory)));
    for (const [key, listing] of dropped) {
      this.#begun.delete(key);
      await listing.drop();
    }
  }

  /** False when enough are under way. */
  #begin(directory: Buffer): boolean {
    const begun = this.#begun.get(keyOf(directory));
    if (!begun) {
      if (this.#begun.size >= mostAhead) return false;
      this.#begun.set(keyOf(directory), new Listing(this.#tree, directory));
      return true;
    }
    if (!this.#deep) return true;
    for (const below of begun.openDirectories()) if (!this.#begin(below)) return false;
    return true;
  }
}

function keyOf(path: Buffer): string {
  return path.toString('latin1');
}

function isWithin(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}
