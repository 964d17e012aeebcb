import { inParallel } from '../../in-parallel.ts';
import { checkRelative } from '../../names.ts';
import { ignoringProblem, ObjectProblem } from '../../object-problem.ts';
import type { Throttle } from '../../throttle.ts';
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
import type { ShellTraits } from './greeting.ts';
import { hashFiles } from './hash-files.ts';
import { type Archived, readArchive } from './read-archive.ts';
import { CommandFailed } from './shell.ts';
import type { KnownShell, StandingShells } from './standing-shells.ts';
import { TarProblem } from './tar-problem.ts';
import { writeArchive } from './write-archive.ts';

/** Fewer go one by one: a command costs some milliseconds. */
const fewestFiles = 4;
const requestsAtOnce = 128;
/** A shell that fails in batch after batch is let alone. */
const mostTroubles = 3;

/**
 * A tree on an SFTP server. Where it runs commands too, batches are one tar stream, and hashes are computed over there;
 * what a command does not do is done by SFTP, which tells what is the matter with which file.
 */
export class ShellTree implements FileTree {
  readonly #sftp: FileTree;
  readonly #shells: StandingShells;
  readonly #throttle: Throttle;
  readonly #known: KnownShell;
  #sameTree = false;

  constructor(sftp: FileTree, shells: StandingShells, throttle: Throttle, known: KnownShell) {
    this.#sftp = sftp;
    this.#shells = shells;
    this.#throttle = throttle;
    this.#known = known;
  }

  async readMany(files: readonly WantedFile[], room?: Buffer): Promise<(Reading | ObjectProblem)[]> {
    const read = await this.#attempt('tar', files, async () => {
      const { archived, sound } = await readArchive(this.#shells, files, this.#throttle, room);
      return this.#checked(files, archived, sound);
    });
    const results: (Reading | ObjectProblem | undefined)[] = read ?? [];
    const left = files.flatMap((file, index) => (results[index] ? [] : [{ file, index }]));
    const others = await this.#sftp.readMany(left.map(({ file }) => file));
    for (const [at, { index }] of left.entries()) results[index] = others[at]!;
    return results as (Reading | ObjectProblem)[];
  }

  async writeMany(files: readonly NewFile[]): Promise<(ObjectProblem | undefined)[]> {
    if (files.some(({ attributes }) => attributes.owner)) return this.#sftp.writeMany(files);
    let tried = false;
    const written = await this.#attempt('tar', files, async () => {
      tried = true;
      const [first, ...others] = files;
      if (this.#sameTree) {
        await writeArchive(this.#shells, files, Buffer.alloc(0));
      } else {
        await this.#sftp.write(first!.path, 0, first!.content, {
          create: true,
          attributes: first!.attributes,
        });
        await writeArchive(this.#shells, others, first!.path);
        this.#sameTree = true;
      }
      return files.map(() => undefined);
    });
    if (written) return written;
    if (tried) {
      await inParallel(files, requestsAtOnce, async ({ path }) => {
        await ignoringProblem(this.#sftp.remove(path));
      });
    }
    return this.#sftp.writeMany(files);
  }

  async hashMany(files: readonly WantedFile[]): Promise<(string | undefined)[]> {
    const hashed = await this.#attempt('sha256sum', files, () => hashFiles(this.#shells, files));
    return hashed ?? files.map(() => undefined);
  }

  /** What tar cannot vouch for, because something changed meanwhile or it sees another tree, is looked at by SFTP. */
  async #checked(
    files: readonly WantedFile[],
    archived: readonly (Archived | undefined)[],
    sound: boolean,
  ): Promise<(Reading | ObjectProblem | undefined)[]> {
    const results: (Reading | ObjectProblem | undefined)[] = archived.map(
      (one) => one && { before: one.attributes, content: one.content, after: one.attributes },
    );
    const check = async (index: number) => {
      const before = archived[index]?.attributes;
      if (!before) return false;
      const after = await ignoringProblem(this.#sftp.inspect(files[index]!.path));
      const same = after?.kind === 'file' && after.size === before.size && after.mtime === before.mtime;
      if (!same) results[index] = undefined;
      return same;
    };
    if (sound && (await check(0))) return results;
    await inParallel(files, requestsAtOnce, async (_, index) => void (await check(index)));
    return results;
  }

  /** Undefined where it has to be done without the shell. */
  async #attempt<R>(
    program: keyof ShellTraits,
    files: readonly { path: Buffer }[],
    work: () => Promise<R>,
  ): Promise<R | undefined> {
    const few = program === 'tar' && files.length > 0 && files.length < fewestFiles;
    if (few || this.#known.troubles >= mostTroubles) return undefined;
    // An empty batch only has the shell begin.
    if (!(await this.#shells.traits())?.[program] || files.length === 0) return undefined;
    try {
      for (const { path } of files) checkRelative(path);
      const result = await work();
      this.#known.troubles = 0;
      return result;
    } catch (error) {
      // A program that hangs costs the connection, and on a line that breaks a batch never ends: what goes file by file does.
      this.#known.troubles += 1;
      const ours =
        error instanceof CommandFailed || error instanceof TarProblem || error instanceof ObjectProblem;
      if (!ours) throw error;
      return undefined;
    }
  }

  get rootNames(): readonly Buffer[] {
    return this.#sftp.rootNames;
  }

  list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    return this.#sftp.list(directory);
  }

  inspect(path: Buffer, follow?: boolean): Promise<Attributes> {
    return this.#sftp.inspect(path, follow);
  }

  read(path: Buffer, start: number, length: number): Promise<Reading> {
    return this.#sftp.read(path, start, length);
  }

  write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    return this.#sftp.write(path, start, content, options);
  }

  rename(from: Buffer, to: Buffer): Promise<void> {
    return this.#sftp.rename(from, to);
  }

  makeDirectory(path: Buffer): Promise<void> {
    return this.#sftp.makeDirectory(path);
  }

  makeLink(path: Buffer, target: Buffer): Promise<void> {
    return this.#sftp.makeLink(path, target);
  }

  readLink(path: Buffer): Promise<Buffer> {
    return this.#sftp.readLink(path);
  }

  setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void> {
    return this.#sftp.setAttributes(path, attributes);
  }

  remove(path: Buffer): Promise<void> {
    return this.#sftp.remove(path);
  }

  close(): Promise<void> {
    return this.#sftp.close();
  }
}
