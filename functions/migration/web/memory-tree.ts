import { ObjectProblem, type ProblemReason } from '../object-problem.ts';
import { joinPath, parentOf } from '../position.ts';
import type { Attributes, Entry, FileTree, Reading, SettableAttributes, WriteOptions } from './file-tree.ts';
import { OneByOne } from './one-by-one.ts';

interface Node {
  kind: Attributes['kind'];
  mode: number;
  mtime: number;
  content: Buffer;
  /** Of a directory, keyed by latin1. */
  entries: Map<string, Node>;
}

/** A tree in memory, for tests of whatever works on trees. */
export class MemoryTree extends OneByOne implements FileTree {
  readonly rootNames = [Buffer.from('/memory')];
  readonly #root = node('directory', 0o755);

  async *list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    const found = this.#find(directory);
    if (found.kind !== 'directory') throw new ObjectProblem('failed', 'list');
    let batch: Entry[] = [];
    for (const [name, entry] of found.entries) {
      batch.push({ name: Buffer.from(name, 'latin1'), attributes: attributesOf(entry) });
      if (batch.length === 100) {
        yield batch;
        batch = [];
      }
    }
    yield batch;
  }

  async inspect(path: Buffer, follow = false): Promise<Attributes> {
    let found = this.#find(path);
    let at = path;
    for (let hops = 0; follow && found.kind === 'symlink'; hops += 1) {
      if (hops === 20) throw new ObjectProblem('failed', 'inspect');
      at = resolveLink(at, found.content, this.rootNames[0]!);
      found = this.#find(at);
    }
    return attributesOf(found);
  }

  async read(path: Buffer, start: number, length: number): Promise<Reading> {
    const file = this.#find(path);
    if (file.kind !== 'file') throw new ObjectProblem('failed', 'read');
    const before = attributesOf(file);
    const content = Buffer.from(file.content.subarray(start, start + length));
    return { before, after: attributesOf(file), content };
  }

  async write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    let file = this.#lookUp(path);
    if (options.create ? file : !file)
      throw new ObjectProblem(options.create ? 'failed' : 'missing', 'write');
    if (!file) {
      file = node('file', 0o644);
      this.#add(path, file);
    }
    const size = Math.max(file.content.length, start + content.length);
    const whole = Buffer.alloc(size);
    file.content.copy(whole);
    content.copy(whole, start);
    file.content = whole;
    file.mtime = now();
    Object.assign(file, options.attributes);
  }

  async rename(from: Buffer, to: Buffer): Promise<void> {
    const moved = this.#find(from);
    if (this.#lookUp(to)?.kind === 'directory') throw new ObjectProblem('failed', 'rename');
    this.#add(to, moved, true);
    this.#parent(from).entries.delete(lastName(from));
  }

  async makeDirectory(path: Buffer): Promise<void> {
    this.#add(path, node('directory', 0o755));
  }

  async makeLink(path: Buffer, target: Buffer): Promise<void> {
    this.#add(path, { ...node('symlink', 0o777), content: Buffer.from(target) });
  }

  async readLink(path: Buffer): Promise<Buffer> {
    const link = this.#find(path);
    if (link.kind !== 'symlink') throw new ObjectProblem('failed', 'readLink');
    return link.content;
  }

  async setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void> {
    Object.assign(this.#find(path), attributes);
  }

  async remove(path: Buffer): Promise<void> {
    if (this.#find(path).kind === 'directory') throw new ObjectProblem('failed', 'remove');
    this.#parent(path).entries.delete(lastName(path));
  }

  async close(): Promise<void> {}

  #add(path: Buffer, added: Node, replace = false): void {
    const parent = this.#parent(path);
    if (!replace && parent.entries.has(lastName(path))) throw new ObjectProblem('failed', 'add');
    parent.entries.set(lastName(path), added);
    parent.mtime = now();
  }

  #parent(path: Buffer): Node {
    const parent = this.#find(parentOf(path));
    if (parent.kind !== 'directory') throw new ObjectProblem('failed', 'parent');
    return parent;
  }

  #find(path: Buffer): Node {
    const found = this.#lookUp(path);
    if (!found) throw new ObjectProblem('missing' satisfies ProblemReason, 'find');
    return found;
  }

  #lookUp(path: Buffer): Node | undefined {
    if (path.length === 0) return this.#root;
    let at: Node | undefined = this.#root;
    for (const part of path.toString('latin1').split('/')) at = at?.entries.get(part);
    return at;
  }
}

function node(kind: Node['kind'], mode: number): Node {
  return { kind, mode, mtime: now(), content: Buffer.alloc(0), entries: new Map() };
}

function attributesOf({ kind, mode, mtime, content }: Node): Attributes {
  return { kind, mode, mtime, size: content.length };
}

function lastName(path: Buffer): string {
  return path.toString('latin1', path.lastIndexOf(0x2f) + 1);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function resolveLink(link: Buffer, target: Buffer, root: Buffer): Buffer {
  const text = target.toString('latin1');
  const prefix = `${root.toString('latin1')}/`;
  const start = text.startsWith(prefix)
    ? text.slice(prefix.length)
    : joinPath(parentOf(link), target).toString('latin1');
  const parts: string[] = [];
  for (const part of start.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return Buffer.from(parts.join('/'), 'latin1');
}
