import { ObjectProblem } from '../../object-problem.ts';
import { nameOf, parentOf } from '../../position.ts';
import type { Attributes } from '../file-tree.ts';
import type { ListLine } from './list-line.ts';
import { readList } from './read-listing.ts';
import { absolute, type Server } from './server.ts';

/** Milliseconds that a listing is trusted; what we change ourselves is written into it at once. */
const trusted = 60_000;
const mostRemembered = 300_000;

interface Remembered {
  at: number;
  entries: Promise<Map<string, ListLine>>;
  size: number;
  /** Every name is in it: not links and special files alone. */
  whole: boolean;
}

/**
 * What LIST said of directories: of a server with MLSD the links and special files alone, else everything. FTP knows no
 * `lstat`, and MLST of some servers tells a link's aim for the link (ProFTPD): a link is known by its line here.
 */
export class Directories {
  readonly #server: Server;
  readonly #known = new Map<string, Remembered>();
  #total = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Throws ObjectProblem when the directory cannot be listed. */
  entriesOf(directory: Buffer, anew = false): Promise<Map<string, ListLine>> {
    const key = directory.toString('latin1');
    const known = this.#known.get(key);
    if (known && !anew && performance.now() - known.at < trusted) return known.entries;
    this.#forget(key);
    return this.#remember(key, this.#read(directory), !this.#server.traits.mlst);
  }

  async find(path: Buffer, anew = false): Promise<ListLine | undefined> {
    return (await this.entriesOf(parentOf(path), anew)).get(nameOf(path).toString('latin1'));
  }

  /** True when it is known, without asking the server, that nothing stands there. */
  async isFree(path: Buffer): Promise<boolean> {
    const known = this.#known.get(parentOf(path).toString('latin1'));
    if (!known?.whole || performance.now() - known.at >= trusted) return false;
    return !(await known.entries).has(nameOf(path).toString('latin1'));
  }

  /** Something there is not as it was listed: somebody else is at work. */
  forget(directory: Buffer): void {
    this.#forget(directory.toString('latin1'));
  }

  /** After a change that we made; undefined: nothing is there any more. */
  async note(path: Buffer, attributes: Attributes | undefined, target?: Buffer): Promise<void> {
    const known = this.#known.get(parentOf(path).toString('latin1'));
    const entries = await known?.entries.catch(() => undefined);
    if (!known || !entries) return;
    const name = nameOf(path).toString('latin1');
    const plain = attributes?.kind === 'file' || attributes?.kind === 'directory';
    if (!attributes || (plain && !known.whole)) entries.delete(name);
    else entries.set(name, { name, attributes, ...(target && { target: target.toString('latin1') }) });
    this.#count(known, entries.size);
  }

  /** A directory that we made is empty: it need not be listed. */
  async noteEmpty(path: Buffer): Promise<void> {
    this.#forget(path.toString('latin1'));
    await this.#remember(path.toString('latin1'), Promise.resolve(new Map()), true);
  }

  async #read(directory: Buffer): Promise<Map<string, ListLine>> {
    if (this.#server.traits.mlst && !this.#server.traits.linksInList) return new Map();
    try {
      return await readList(this.#server, absolute(this.#server, directory));
    } catch (error) {
      if (!(error instanceof ObjectProblem) || error.reason !== 'failed' || directory.length === 0)
        throw error;
      // `550 Failed to change directory.`: whether it is there is seen from above.
      if ((await this.#isThere(directory)) === false) throw new ObjectProblem('missing', 'list');
      throw error;
    }
  }

  async #isThere(directory: Buffer): Promise<boolean> {
    const { pool, traits } = this.#server;
    if (!traits.mlst) return (await this.find(directory)) !== undefined;
    const [{ code }] = await pool.ask(`MLST ${absolute(this.#server, directory)}`);
    return code !== 550;
  }

  #remember(
    key: string,
    entries: Promise<Map<string, ListLine>>,
    whole: boolean,
  ): Promise<Map<string, ListLine>> {
    const remembered: Remembered = { at: performance.now(), entries, size: 1, whole };
    this.#known.set(key, remembered);
    this.#total += 1;
    return entries.then(
      (found) => {
        if (this.#known.get(key) === remembered) this.#count(remembered, found.size);
        return found;
      },
      (error) => {
        if (this.#known.get(key) === remembered) this.#forget(key);
        throw error;
      },
    );
  }

  /** The oldest make room. */
  #count(remembered: Remembered, entries: number): void {
    this.#total += entries + 1 - remembered.size;
    remembered.size = entries + 1;
    for (const [key, oldest] of this.#known) {
      if (this.#total <= mostRemembered || oldest === remembered) break;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#total -= this.#known.get(key)?.size ?? 0;
    this.#known.delete(key);
  }
}
