import { parentOf } from '../../position.ts';
import type {
  Attributes,
  Entry,
  FileTree,
  NewFile,
  Reading,
  SettableAttributes,
  WantedFile,
  WriteOptions,
} from '../file-tree.ts';
import { belowRoot } from '../links.ts';
import { rewriteLink } from './rewrite-link.ts';
import type { TargetNames } from './target-names.ts';

const slash = Buffer.from('/');

/**
 * A target spoken to in the source's names: it converts them on the way there and back. So whatever copies and compares
 * knows one name for an object. What is only at the target gets a name that no object of the source has.
 */
export class RenamedTree implements FileTree {
  readonly #tree: FileTree;
  readonly #names: TargetNames;

  constructor(tree: FileTree, names: TargetNames) {
    this.#tree = tree;
    this.#names = names;
  }

  get rootNames(): readonly Buffer[] {
    return this.#tree.rootNames;
  }

  async *list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    for await (const batch of this.#tree.list(this.#names.path(directory))) {
      yield batch.map((entry) => ({ ...entry, name: this.#names.sourceName(directory, entry.name) }));
    }
  }

  inspect(path: Buffer, follow?: boolean): Promise<Attributes> {
    return this.#tree.inspect(this.#names.path(path), follow);
  }

  read(path: Buffer, start: number, length: number): Promise<Reading> {
    return this.#tree.read(this.#names.path(path), start, length);
  }

  write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    return this.#tree.write(this.#names.path(path), start, content, options);
  }

  rename(from: Buffer, to: Buffer): Promise<void> {
    return this.#tree.rename(this.#names.path(from), this.#names.path(to));
  }

  makeDirectory(path: Buffer): Promise<void> {
    return this.#tree.makeDirectory(this.#names.path(path));
  }

  makeLink(path: Buffer, target: Buffer): Promise<void> {
    const converted = rewriteLink(parentOf(path), target, (directory, name) => ({
      written: this.#names.name(directory, name),
      source: name,
    }));
    return this.#tree.makeLink(this.#names.path(path), converted);
  }

  async readLink(path: Buffer): Promise<Buffer> {
    const target = await this.#tree.readLink(this.#names.path(path));
    if (target[0] !== 0x2f) return this.#inSourceNames(parentOf(path), target);
    for (const root of this.rootNames) {
      const below = belowRoot(target, root);
      if (below) return Buffer.concat([root, slash, this.#inSourceNames(Buffer.alloc(0), below)]);
    }
    return target;
  }

  #inSourceNames(directory: Buffer, target: Buffer): Buffer {
    return rewriteLink(directory, target, (at, name) => {
      const source = this.#names.sourceName(at, name);
      return { written: source, source };
    });
  }

  setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void> {
    return this.#tree.setAttributes(this.#names.path(path), attributes);
  }

  remove(path: Buffer): Promise<void> {
    return this.#tree.remove(this.#names.path(path));
  }

  readMany(files: readonly WantedFile[], room?: Buffer) {
    return this.#tree.readMany(this.#renamed(files), room);
  }

  writeMany(files: readonly NewFile[]) {
    return this.#tree.writeMany(this.#renamed(files));
  }

  hashMany(files: readonly WantedFile[]) {
    return this.#tree.hashMany(this.#renamed(files));
  }

  #renamed<F extends { path: Buffer }>(files: readonly F[]): F[] {
    return files.map((file) => ({ ...file, path: this.#names.path(file.path) }));
  }

  close(): Promise<void> {
    return this.#tree.close();
  }
}
