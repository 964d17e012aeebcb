import { createHash } from 'node:crypto';
import { TransientError } from '../../case/errors.ts';
import { longestName } from '../names.ts';
import { entryExaminer, isOpenDirectory } from './examine-entry.ts';
import type { Attributes, Entry, FileTree } from './file-tree.ts';

/** A directory with more entries than this is left out. Of names they hold 128 MB at most. */
export const mostEntries = 500_000;
const aheadEntries = 2000;

/** One directory's entries, sorted by bytes. Begun ahead of time it reads a little and waits to be asked for the rest. */
export class Listing {
  readonly #directory: Buffer;
  readonly #batches: AsyncIterator<readonly Entry[]>;
  readonly #entries: Entry[] = [];
  readonly #ahead: Promise<void>;
  readonly #inspected: Promise<Attributes> | undefined;
  #directories: Buffer[] | undefined;
  #done = false;

  constructor(tree: FileTree, directory: Buffer) {
    this.#directory = directory;
    this.#batches = tree.list(directory)[Symbol.asyncIterator]();
    this.#ahead = this.#pull(aheadEntries);
    this.#ahead.catch(() => undefined);
    this.#inspected = directory.length === 0 ? undefined : tree.inspect(directory);
    this.#inspected?.catch(() => undefined);
  }

  /** Since its parent was listed it may have become a link that leads elsewhere. The root may be one. */
  async isDirectory(): Promise<boolean> {
    return this.#inspected === undefined || (await this.#inspected).kind === 'directory';
  }

  /** Undefined when there are too many. */
  async entries(): Promise<Entry[] | undefined> {
    await this.#ahead;
    await this.#pull(mostEntries);
    if (!this.#done) {
      await this.drop();
      return undefined;
    }
    this.#entries.sort((a, b) => Buffer.compare(a.name, b.name));
    return this.#entries.filter((entry, at) => at === 0 || !entry.name.equals(this.#entries[at - 1]!.name));
  }

  /** Paths of the directories that may be entered, in order, as soon as all have come; until then none. */
  openDirectories(): readonly Buffer[] {
    if (!this.#done) return [];
    this.#directories ??= this.#entries
      .filter((entry) => entry.attributes.kind === 'directory')
      .sort((a, b) => Buffer.compare(a.name, b.name))
      .map(entryExaminer(this.#directory))
      .filter(isOpenDirectory)
      .map(({ path }) => path);
    return this.#directories;
  }

  async drop(): Promise<void> {
    await this.#ahead.catch(() => undefined);
    await this.#batches.return?.();
  }

  async #pull(most: number): Promise<void> {
    let empty = 0;
    while (!this.#done && this.#entries.length <= most) {
      const { done, value } = await this.#batches.next();
      if (done) {
        this.#done = true;
        return;
      }
      for (const entry of value) this.#entries.push(listable(entry));
      empty = value.length === 0 ? empty + 1 : 0;
      if (empty > 1000) throw new TransientError('移行元の一覧が終わりません。続きから再開します。');
    }
  }
}

/**
 * A name that is empty or holds a separator would stand at another place in the order than the one it was listed in.
 * NUL takes the separator's place: refused like it (names.ts), and the walk's order holds.
 */
function listable(entry: Entry): Entry {
  const name = shortened(entry.name);
  if (name.length > 0 && !name.includes(0x2f)) return { name, attributes: entry.attributes };
  const listed = name.length === 0 ? Buffer.of(0) : name.map((byte) => (byte === 0x2f ? 0 : byte));
  return { name: Buffer.from(listed), attributes: entry.attributes };
}

/** A name may fill a packet. What is refused for its length stays too long, and is told from others by its hash. */
function shortened(name: Buffer): Buffer {
  const most = longestName + 1;
  if (name.length <= most) return name;
  const hash = createHash('sha256').update(name).digest('hex');
  return Buffer.concat([name.subarray(0, most - hash.length), Buffer.from(hash)]);
}
