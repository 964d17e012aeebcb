import type { ObjectProblem } from '../object-problem.ts';
import { joinPath } from '../position.ts';
import type {
  Attributes,
  Entry,
  FileTree,
  NewFile,
  Owner,
  Reading,
  SettableAttributes,
  WantedFile,
  WriteOptions,
} from '../web/file-tree.ts';
import type { Layout } from './layout.ts';

/**
 * What moves of an installation, as a tree of its own: its root is the layout's base, in which only the directories that
 * move are seen, and never the maintenance flag. With an owner, everything that is written is given to that owner.
 */
export class ProductTree implements FileTree {
  readonly #server: FileTree;
  readonly #base: Buffer;
  readonly #moved: readonly string[];
  readonly #flag: Buffer;
  readonly #owner: Owner | undefined;

  constructor(server: FileTree, { base, moved, flag }: Layout, owner?: Owner) {
    this.#server = server;
    this.#base = Buffer.from(base);
    this.#moved = moved;
    this.#flag = Buffer.from(flag);
    this.#owner = owner;
  }

  get rootNames(): readonly Buffer[] {
    return this.#server.rootNames.map((root) =>
      root.equals(slash) ? Buffer.concat([slash, this.#base]) : joinPath(root, this.#base),
    );
  }

  async *list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    for await (const batch of this.#server.list(this.#from(directory))) {
      yield batch.filter(({ name }) => this.#isSeen(joinPath(directory, name)));
    }
  }

  inspect(path: Buffer, follow?: boolean): Promise<Attributes> {
    return this.#server.inspect(this.#from(path), follow);
  }

  read(path: Buffer, start: number, length: number): Promise<Reading> {
    return this.#server.read(this.#from(path), start, length);
  }

  write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    const { attributes } = options;
    const given = attributes ? { ...options, attributes: this.#given(attributes) } : options;
    return this.#server.write(this.#from(path), start, content, given);
  }

  rename(from: Buffer, to: Buffer): Promise<void> {
    return this.#server.rename(this.#from(from), this.#from(to));
  }

  async makeDirectory(path: Buffer): Promise<void> {
    await this.#server.makeDirectory(this.#from(path));
    if (!this.#owner) return;
    const { mode, mtime } = await this.inspect(path);
    await this.setAttributes(path, { mode, mtime });
  }

  makeLink(path: Buffer, target: Buffer): Promise<void> {
    return this.#server.makeLink(this.#from(path), target);
  }

  readLink(path: Buffer): Promise<Buffer> {
    return this.#server.readLink(this.#from(path));
  }

  setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void> {
    return this.#server.setAttributes(this.#from(path), this.#given(attributes));
  }

  remove(path: Buffer): Promise<void> {
    return this.#server.remove(this.#from(path));
  }

  readMany(files: readonly WantedFile[]): Promise<(Reading | ObjectProblem)[]> {
    return this.#server.readMany(files.map((file) => ({ ...file, path: this.#from(file.path) })));
  }

  writeMany(files: readonly NewFile[]): Promise<(ObjectProblem | undefined)[]> {
    return this.#server.writeMany(
      files.map((file) => ({
        ...file,
        path: this.#from(file.path),
        attributes: this.#given(file.attributes),
      })),
    );
  }

  hashMany(files: readonly WantedFile[]): Promise<(string | undefined)[]> {
    return this.#server.hashMany(files.map((file) => ({ ...file, path: this.#from(file.path) })));
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #from(path: Buffer): Buffer {
    return path.length === 0 ? this.#base : joinPath(this.#base, path);
  }

  /** What moves, what is above it, and what a crash of ours left behind, so that the verification removes it. */
  #isSeen(path: Buffer): boolean {
    if (path.equals(this.#flag)) return false;
    const text = path.toString('latin1');
    if (!text.includes('/') && text.startsWith('.hikkoshi-')) return true;
    return this.#moved.some((moved) => `${text}/`.startsWith(`${moved}/`) || moved.startsWith(`${text}/`));
  }

  #given(attributes: SettableAttributes): SettableAttributes {
    return this.#owner ? { ...attributes, owner: this.#owner } : attributes;
  }
}

const slash = Buffer.from('/');
