import { ObjectProblem } from '../object-problem.ts';
import { parentOf } from '../position.ts';
import type { Attributes, FileTree } from './file-tree.ts';

/**
 * The directories that a chunk writes into. Each one on the way is looked at before it is written through: a link in
 * a directory's place is never followed, wherever it leads.
 */
export class TargetDirectories {
  readonly #target: FileTree;
  readonly #make: boolean;
  readonly #known = new Map<string, Promise<string | undefined>>();
  /** In these (latin1) nothing stands but what was put there through this. */
  readonly #ours = new Set<string>();

  /** Without `make` nothing is made or opened up: what is missing is a reason. */
  constructor(target: FileTree, { make = true }: { make?: boolean } = {}) {
    this.#target = target;
    this.#make = make;
  }

  /** Makes the directory and those above it where they are missing. Returns why that is not possible, if so. */
  ensure(directory: Buffer): Promise<string | undefined> {
    if (directory.length === 0) return Promise.resolve(undefined);
    const key = directory.toString('latin1');
    let known = this.#known.get(key);
    if (!known) {
      known = this.#ensure(directory);
      this.#known.set(key, known);
    }
    return known;
  }

  /** Whether it was made here, or seen empty before anything was put into it. */
  isOurs(directory: Buffer): boolean {
    return this.#ours.has(directory.toString('latin1'));
  }

  noteEmpty(directory: Buffer): void {
    this.#ours.add(directory.toString('latin1'));
  }

  async #ensure(directory: Buffer): Promise<string | undefined> {
    const above = await this.ensure(parentOf(directory));
    if (above !== undefined) return above;
    const found = (await this.#inspect(directory)) ?? (await this.#create(directory));
    if (typeof found === 'string') return found;
    if (found.kind === 'symlink') return '移行先の同じ場所にリンクがあり、その先には書き込みません';
    if (found.kind !== 'directory') return '移行先の同じ場所にフォルダでないものがあります';
    await this.#open(directory, found);
    return undefined;
  }

  async #create(directory: Buffer): Promise<Attributes | string> {
    if (!this.#make) return '移行先にフォルダがありません';
    let problem: unknown;
    try {
      await this.#target.makeDirectory(directory);
      this.noteEmpty(directory);
    } catch (error) {
      if (!(error instanceof ObjectProblem)) throw error;
      problem = error;
    }
    // Whoever made it, it is there; the server may have given it any mode.
    const found = await this.#inspect(directory);
    if (found) return found;
    const denied = problem instanceof ObjectProblem && problem.reason === 'denied';
    return denied ? '移行先でフォルダの作成が許可されていません' : '移行先でフォルダを作成できません';
  }

  /** A directory that its owner may not write to is opened up; its mode is set at the end of the run. */
  async #open(directory: Buffer, { mode, mtime }: Attributes): Promise<void> {
    if (!this.#make || (mode & 0o700) === 0o700) return;
    try {
      await this.#target.setAttributes(directory, { mode: mode | 0o700, mtime });
    } catch (error) {
      if (!(error instanceof ObjectProblem)) throw error;
    }
  }

  async #inspect(path: Buffer): Promise<Attributes | undefined> {
    try {
      return await this.#target.inspect(path);
    } catch (error) {
      if (error instanceof ObjectProblem && error.reason === 'missing') return undefined;
      throw error;
    }
  }
}
