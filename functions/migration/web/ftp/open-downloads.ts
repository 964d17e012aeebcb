import type { Attributes, Reading } from '../file-tree.ts';
import type { Control } from './control.ts';
import { askPassive } from './data-connection.ts';
import { Download, type Sink } from './download.ts';
import { attributesQuestion } from './look-up.ts';
import { whole } from './read-file.ts';
import { problemOf } from './reply.ts';
import type { Server } from './server.ts';

interface Open {
  download: Download;
  control: Control;
  /** Bytes of the file that are behind us, and what has come besides. */
  at: number;
  rest: Buffer;
}

/**
 * Parts of files from a server that cannot begin in the middle of one (no REST): the one transfer stays open from part to
 * part. A part before it, or a transfer that had to give way, begins at the file's beginning once more.
 */
export class OpenDownloads {
  readonly #server: Server;
  readonly #open = new Map<string, Open>();

  constructor(server: Server) {
    this.#server = server;
    server.pool.onPressure.push(() => {
      const [oldest] = this.#open;
      if (!oldest) return;
      this.#open.delete(oldest[0]);
      this.#giveUp(oldest[1]);
    });
  }

  /** Throws ObjectProblem or TransientError. */
  async read(path: string, start: number, length: number, listed: Attributes | undefined): Promise<Reading> {
    const { pool, traits } = this.#server;
    const question = attributesQuestion(traits, path, listed);
    const before = question.read(await pool.ask(...question.commands));
    if (start >= before.size) return { before, after: before, content: Buffer.alloc(0) };
    const kept = this.#open.get(path);
    // Nobody else may go on with it meanwhile.
    this.#open.delete(path);
    if (kept && kept.at > start) this.#giveUp(kept);
    const open = kept && kept.at <= start ? kept : await this.#begin(path);
    const content = await this.#go(path, open, start, Math.min(length, before.size - start), before.size);
    const after = question.read(await pool.ask(...question.commands));
    return whole(this.#server, path, start, length, { before, content, after });
  }

  async #go(path: string, open: Open, start: number, length: number, size: number): Promise<Buffer> {
    try {
      const content = await this.#receive(path, open, start, length);
      if (start + length < size) this.#open.set(path, open);
      else await this.#end(path, open);
      return content;
    } catch (error) {
      this.#giveUp(open);
      throw error;
    }
  }

  async #begin(path: string): Promise<Open> {
    const { pool, traits, throttle } = this.#server;
    const control = await pool.take();
    try {
      const { port } = await askPassive(control, traits);
      const download = new Download(control, port, `RETR ${path}`, throttle);
      return { download, control, at: 0, rest: Buffer.alloc(0) };
    } catch (error) {
      pool.giveBack(control);
      throw error;
    }
  }

  async #receive(path: string, open: Open, start: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let missing = length;
    const take = (piece: Buffer): boolean => {
      const skipped = Math.min(piece.length, Math.max(0, start - open.at));
      const taken = piece.subarray(skipped, skipped + missing);
      pieces.push(taken);
      missing -= taken.length;
      open.at += skipped + taken.length;
      open.rest = piece.subarray(skipped + taken.length);
      return missing > 0;
    };
    if (take(open.rest)) await this.#flow(path, open, take);
    return Buffer.concat(pieces);
  }

  /** A file that has grown meanwhile goes on: its transfer is given up. */
  async #end(path: string, open: Open): Promise<void> {
    const ended = open.rest.length === 0 && (await this.#flow(path, open, () => false));
    if (!ended) return this.#giveUp(open);
    await open.download.finish();
    this.#server.pool.giveBack(open.control);
  }

  async #flow(path: string, { download }: Open, take: Sink): Promise<boolean> {
    try {
      return await download.receive(take);
    } catch (failure) {
      throw problemOf(await download.explain(failure), path, 'read', 'denied');
    }
  }

  #giveUp({ control }: Open): void {
    control.close();
    this.#server.pool.giveBack(control);
  }
}
