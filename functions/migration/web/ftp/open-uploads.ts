import { RetryAfterError, TransientError } from '../../../case/errors.ts';
import { ObjectProblem } from '../../object-problem.ts';
import type { Control } from './control.ts';
import { attributesQuestion } from './look-up.ts';
import { isDone, lost, type Reply, reasonOf } from './reply.ts';
import type { Server } from './server.ts';
import type { Upload } from './upload.ts';

interface Open {
  upload: Upload;
  control: Control;
  /** Bytes of the file so far. */
  size: number;
}

/**
 * Files that are written in parts to a server that does not let a file be continued in a second transfer (ProFTPD as it
 * is delivered): the one transfer stays open from part to part, and ends when anything else is done with the file.
 */
export class OpenUploads {
  readonly #server: Server;
  readonly #open = new Map<string, Open>();
  readonly #finishing = new Map<string, Promise<void>>();

  constructor(server: Server) {
    this.#server = server;
    server.pool.onPressure.push(() => {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.finish(oldest).catch(() => undefined);
    });
  }

  keep(path: string, open: Open): void {
    this.#open.set(path, open);
  }

  /** False when the transfer is not open, or stands elsewhere. Throws ObjectProblem or TransientError. */
  async goOn(path: string, start: number, content: Buffer): Promise<boolean> {
    const open = this.#open.get(path);
    if (!open || open.size !== start) return false;
    // Nobody else may end it meanwhile.
    this.#open.delete(path);
    try {
      const refusal = await open.upload.write(content);
      if (refusal) throw uploadProblem(refusal, path);
      open.size += content.length;
    } catch (error) {
      open.control.close();
      this.#server.pool.giveBack(open.control);
      throw error;
    }
    this.#open.set(path, open);
    return true;
  }

  /** Throws what the server has against the file. */
  async finish(path: string): Promise<void> {
    const open = this.#open.get(path);
    if (open) {
      this.#open.delete(path);
      const ended = this.#end(path, open);
      ended.catch(() => undefined);
      this.#finishing.set(path, ended);
    }
    try {
      await this.#finishing.get(path);
    } finally {
      this.#finishing.delete(path);
    }
  }

  /** Who asks for the end has not written the file: if it is not whole, the work on it begins again. */
  async #end(path: string, { upload, control, size }: Open): Promise<void> {
    const { pool, traits } = this.#server;
    const { commands, read } = attributesQuestion(traits, path, { kind: 'file', size, mode: 0, mtime: 0 });
    try {
      const reply = await upload.finish(Buffer.alloc(0));
      if (!isDone(reply)) throw uploadProblem(reply, path);
      if (read(await control.ask(...commands)).size !== size) throw lost();
    } catch (error) {
      throw error instanceof TransientError ? new RetryAfterError(error.message, new Date()) : error;
    } finally {
      pool.giveBack(control);
    }
  }
}

/** Of a transfer that the server had accepted: what goes wrong then is room, unless it says otherwise. */
export function uploadProblem(reply: Reply, path: string): Error {
  if ([421, 425, 426].includes(reply.code) && reasonOf(reply, path) !== 'full') return lost();
  return new ObjectProblem(reasonOf(reply, path) ?? 'full', 'write');
}
