import { isDeepStrictEqual } from 'node:util';
import type { WebAccess } from '../../case/access.ts';
import type { OpenTree } from './open-pinned.ts';
import type { WebPolicy, WebTree } from './open-web-tree.ts';

/** Milliseconds; the next step of a flow comes within some of them. */
const usualIdle = 2000;

interface Standing {
  access: WebAccess;
  policy: WebPolicy;
  tree: WebTree;
  timer: NodeJS.Timeout;
}

/**
 * Trees that a step has left in good order stay open for a moment: the next step of this process that asks for the same
 * server, log-in and bounds goes on with them, and nobody logs in again for each chunk. Whoever asks otherwise has them
 * closed first, so that a cap on connections holds. Not for Lambda, which freezes between calls with its connections open.
 */
export class StandingTrees {
  readonly #open: OpenTree;
  readonly #idle: number;
  readonly #standing = new Set<Standing>();

  constructor(open: OpenTree, idle = usualIdle) {
    this.#open = open;
    this.#idle = idle;
  }

  readonly open: OpenTree = async (access, policy) => {
    for (const one of this.#standing) {
      if (!isDeepStrictEqual([one.access, one.policy], [access, policy])) continue;
      this.#forget(one);
      return one.tree;
    }
    await this.#close(({ host, port }) => host === access.host && port === access.port);
    const tree = await this.#open(access, policy);
    const { hostKey = access.hostKey } = tree;
    const pinned = { ...access, ...(hostKey && { hostKey }) };
    return Object.assign(tree, { release: () => this.#keep(tree, pinned, policy) });
  };

  close(): Promise<void> {
    return this.#close(() => true);
  }

  #keep(tree: WebTree, access: WebAccess, policy: WebPolicy): void {
    const timer = setTimeout(() => void this.#close((_, one) => one === tree), this.#idle);
    this.#standing.add({ access, policy, tree, timer });
  }

  #forget(one: Standing): void {
    clearTimeout(one.timer);
    this.#standing.delete(one);
  }

  async #close(which: (access: WebAccess, tree: WebTree) => boolean): Promise<void> {
    const closed = [...this.#standing].filter(({ access, tree }) => which(access, tree));
    for (const one of closed) this.#forget(one);
    await Promise.allSettled(closed.map(({ tree }) => tree.close()));
  }
}

/**
 * A step with the trees that it opens into `trees`, which it then leaves to the next one. Where it failed or ran out of time,
 * something may still be under way: that ends when its connection is closed.
 */
export async function workWith<T extends { more: boolean }>(
  trees: readonly WebTree[],
  work: () => Promise<T>,
): Promise<T> {
  let inGoodOrder = false;
  try {
    const done = await work();
    inGoodOrder = !done.more;
    return done;
  } finally {
    await Promise.allSettled(
      trees.map((tree) => (inGoodOrder && tree.release ? tree.release() : tree.close())),
    );
  }
}
