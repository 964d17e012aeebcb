import { setTimeout as wait } from 'node:timers/promises';
import { TransientError } from '../../case/errors.ts';
import { Gate } from '../gate.ts';
import { inParallel } from '../in-parallel.ts';
import { ObjectProblem } from '../object-problem.ts';
import type {
  Attributes,
  Entry,
  FileTree,
  NewFile,
  Reading,
  SettableAttributes,
  WantedFile,
  WriteOptions,
} from './file-tree.ts';
import { readEach, writeEach } from './one-by-one.ts';

/** Milliseconds before each new connection after a failure; their number is how many failures in a row are borne. */
export const usualPauses: readonly number[] = [100, 500, 1000, 2000, 4000, 8000];

/** After a failure content goes in pieces of this size, each a success of its own, and few operations at once. */
const carefulBytes = 32 * 1024;
const carefulOperations = 2;

/**
 * A tree whose connection is made anew when it is lost, and the operation repeated. Lists may then give an entry twice.
 * Failures in a row, without one success between them, are passed on as the TransientError that they are.
 */
export class SteadyTree<T extends FileTree> implements FileTree {
  /** The first connection. */
  readonly first: T;
  readonly #open: () => Promise<T>;
  readonly #pauses: readonly number[];
  readonly #inPieces: () => boolean;
  readonly #careful = new Gate(carefulOperations);
  #current: Promise<T>;
  #generation = 0;
  #failures = 0;
  #closed = false;

  /** `inPieces`: a file can be written in several goes, each of which lasts. */
  constructor(first: T, open: () => Promise<T>, pauses = usualPauses, inPieces = () => true) {
    this.first = first;
    this.#inPieces = inPieces;
    this.#open = open;
    this.#pauses = pauses;
    this.#current = Promise.resolve(first);
  }

  get rootNames(): readonly Buffer[] {
    return this.first.rootNames;
  }

  async *list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    for (;;) {
      const generation = this.#generation;
      try {
        for await (const batch of (await this.#current).list(directory)) {
          this.#failures = 0;
          yield batch;
        }
        return;
      } catch (error) {
        await this.#afterFailure(error, generation);
      }
    }
  }

  inspect(path: Buffer, follow?: boolean): Promise<Attributes> {
    return this.#try((tree) => tree.inspect(path, follow));
  }

  async read(path: Buffer, start: number, length: number): Promise<Reading> {
    return this.#try((tree, again) =>
      again && length > carefulBytes
        ? this.#readCarefully(path, start, length)
        : tree.read(path, start, length),
    );
  }

  write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    return this.#try(async (tree, again) => {
      // Our own half-written file of a moment ago.
      if (again && options.create) await unless('missing', tree.remove(path));
      const whole = !again || content.length <= carefulBytes || !this.#inPieces();
      if (whole) return tree.write(path, start, content, options);
      await this.#writeCarefully(path, start, content, options);
    });
  }

  rename(from: Buffer, to: Buffer): Promise<void> {
    return this.#try(async (tree, again) => {
      try {
        await tree.rename(from, to);
      } catch (error) {
        // The answer to the first attempt was lost, not the request.
        const done = again && error instanceof ObjectProblem && error.reason === 'missing';
        if (!done) throw error;
        await tree.inspect(to);
      }
    });
  }

  makeDirectory(path: Buffer): Promise<void> {
    return this.#try((tree) => tree.makeDirectory(path));
  }

  makeLink(path: Buffer, target: Buffer): Promise<void> {
    return this.#try((tree) => tree.makeLink(path, target));
  }

  readLink(path: Buffer): Promise<Buffer> {
    return this.#try((tree) => tree.readLink(path));
  }

  setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void> {
    return this.#try((tree) => tree.setAttributes(path, attributes));
  }

  remove(path: Buffer): Promise<void> {
    return this.#try((tree, again) => (again ? unless('missing', tree.remove(path)) : tree.remove(path)));
  }

  /** After a failure one by one: each that has come is a success of its own. */
  readMany(files: readonly WantedFile[], room?: Buffer): Promise<(Reading | ObjectProblem)[]> {
    return this.#once(
      (tree) => tree.readMany(files, room),
      () => readEach(this, files),
    );
  }

  writeMany(files: readonly NewFile[]): Promise<(ObjectProblem | undefined)[]> {
    return this.#once(
      (tree) => tree.writeMany(files),
      async () => {
        // Our own of a moment ago, half written or whole.
        await inParallel(files, carefulOperations, ({ path }) => unless('missing', this.remove(path)));
        return writeEach(this, files);
      },
    );
  }

  hashMany(files: readonly WantedFile[]): Promise<(string | undefined)[]> {
    return this.#once(
      (tree) => tree.hashMany(files),
      async () => files.map(() => undefined),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    const tree = await this.#current.catch(() => undefined);
    await tree?.close();
  }

  /** Piece by piece: what has come is kept when the connection goes again. */
  async #readCarefully(path: Buffer, start: number, length: number): Promise<Reading> {
    const pieces: Reading[] = [];
    for (let at = 0; at < length; at += carefulBytes) {
      const piece = await this.#repeat((tree) =>
        tree.read(path, start + at, Math.min(carefulBytes, length - at)),
      );
      pieces.push(piece);
      if (piece.content.length < Math.min(carefulBytes, length - at)) break;
    }
    return {
      before: pieces[0]!.before,
      after: pieces.at(-1)!.after,
      content: Buffer.concat(pieces.map((piece) => piece.content)),
    };
  }

  async #writeCarefully(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    for (let at = 0; at < content.length; at += carefulBytes) {
      const create = options.create && at === 0;
      await this.#repeat(async (tree, again) => {
        if (again && create) await unless('missing', tree.remove(path));
        await tree.write(path, start + at, content.subarray(at, at + carefulBytes), { create });
      });
    }
    const { attributes } = options;
    if (attributes) await this.#repeat((tree) => tree.setAttributes(path, attributes));
  }

  async #once<R>(work: (tree: T) => Promise<R>, afterFailure: () => Promise<R>): Promise<R> {
    const generation = this.#generation;
    try {
      const result = await work(await this.#current);
      this.#failures = 0;
      return result;
    } catch (error) {
      await this.#afterFailure(error, generation);
      return afterFailure();
    }
  }

  /** Where many operations are under way on a line that breaks, none of them would ever come to its end. */
  #try<R>(work: (tree: T, again: boolean) => Promise<R>): Promise<R> {
    return this.#repeat((tree, again) =>
      again ? this.#careful.pass(() => work(tree, true)) : work(tree, false),
    );
  }

  async #repeat<R>(work: (tree: T, again: boolean) => Promise<R>): Promise<R> {
    for (let again = false; ; again = true) {
      const generation = this.#generation;
      try {
        const result = await work(await this.#current, again);
        this.#failures = 0;
        return result;
      } catch (error) {
        await this.#afterFailure(error, generation);
      }
    }
  }

  /** Connects anew, once for all operations that failed with the same connection. Throws when it is time to give up. */
  async #afterFailure(error: unknown, generation: number): Promise<void> {
    if (!(error instanceof TransientError) || this.#closed) throw error;
    if (generation !== this.#generation) return;
    const pause = this.#pauses[this.#failures];
    if (pause === undefined) throw error;
    this.#failures += 1;
    this.#generation += 1;
    const lost = this.#current;
    this.#current = (async () => {
      await lost.then(
        (tree) => tree.close(),
        () => undefined,
      );
      await wait(pause);
      return this.#open();
    })();
    this.#current.catch(() => undefined);
  }
}

async function unless(reason: ObjectProblem['reason'], work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ObjectProblem) || error.reason !== reason) throw error;
  }
}
