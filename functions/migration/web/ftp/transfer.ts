import type { Socket } from 'node:net';
import type { Throttle } from '../../throttle.ts';
import type { Control } from './control.ts';
import { DataConnection } from './data-connection.ts';
import { lost, type Reply } from './reply.ts';

/** Milliseconds for an answer to a transfer that we broke off; later than that, the connection is given up. */
const answerToAbort = 2000;

/** Takes a piece; false when that is enough. */
export type Sink = (piece: Buffer) => boolean;

export interface Downloaded {
  /** A refusal included. */
  reply: Reply;
  /** False when the sink had enough, and the transfer was broken off. */
  complete: boolean;
}

/** One file or listing from the server. Throws TransientError. */
export async function download(
  control: Control,
  port: number,
  command: string,
  throttle: Throttle,
  sink: Sink,
): Promise<Downloaded> {
  const data = new DataConnection(control, port);
  const ended = control.start(command);
  ended.then(
    ({ code }) => code >= 400 && data.destroy(),
    () => data.destroy(),
  );
  let complete = false;
  let failure: unknown;
  try {
    complete = await receive(await data.ready, control.timeout, throttle, sink);
  } catch (error) {
    failure = error;
  }
  if (!complete) data.destroy();
  if (!complete && !failure) {
    await control.breakOff(ended, answerToAbort);
    return { reply: { code: 226, text: '' }, complete };
  }
  control.expectReply(complete ? control.timeout : answerToAbort);
  const reply = await ended.catch((error) => {
    throw failure ?? error;
  });
  if (reply.code < 400 && failure) throw failure;
  return { reply, complete };
}

/** True at the end of the data, false when the sink has enough. */
function receive(socket: Socket, stall: number, throttle: Throttle, sink: Sink): Promise<boolean> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(stall);
    socket.on('error', () => reject(lost()));
    const closed = () => reject(lost());
    socket.on('close', closed);
    socket.on('end', () => {
      socket.off('close', closed);
      resolve(true);
    });
    socket.on('data', (piece: Buffer) => {
      if (!sink(piece)) {
        socket.pause();
        resolve(false);
      } else if (throttle.limited) {
        socket.pause();
        throttle.take(piece.length).then(() => socket.resume());
      }
    });
  });
}

/** A transfer to the server. More may be written to it until it is finished. */
export class Upload {
  readonly #control: Control;
  readonly #data: DataConnection;
  readonly #ended: Promise<Reply>;
  #refusal: Reply | undefined;

  constructor(control: Control, port: number, command: string) {
    this.#control = control;
    this.#data = new DataConnection(control, port);
    this.#ended = control.start(command);
    this.#ended.then(
      (reply) => {
        if (reply.code < 400) return;
        this.#refusal = reply;
        this.#data.destroy();
      },
      () => this.#data.destroy(),
    );
  }

  /** Resolves when the bytes are out of our hands, or with the server's refusal. More may follow. */
  async write(content: Buffer): Promise<Reply | undefined> {
    try {
      const socket = await this.#data.ready;
      await this.#send(socket, (done) => socket.write(content, done));
      // Until the next part comes, the silence is ours.
      socket.setTimeout(0);
      return undefined;
    } catch (error) {
      return this.#explain(error);
    }
  }

  /** Ends the file, with its last bytes; the server's last reply. Throws TransientError. */
  async finish(content: Buffer): Promise<Reply> {
    try {
      const socket = await this.#data.ready;
      await this.#send(socket, (done) => socket.end(content, done));
      this.#control.expectReply();
      return await this.#ended;
    } catch (error) {
      return this.#explain(error);
    } finally {
      this.#data.destroy();
    }
  }

  #send(socket: Socket, write: (done: (error?: Error | null) => void) => void): Promise<void> {
    socket.setTimeout(this.#control.timeout);
    return new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(lost());
      const closed = () => reject(lost());
      socket.once('close', closed);
      write((error) => {
        socket.off('close', closed);
        if (error) reject(lost());
        else resolve();
      });
    });
  }

  /** The server's refusal says more than the broken data connection that came with it. */
  async #explain(error: unknown): Promise<Reply> {
    if (this.#refusal) return this.#refusal;
    this.#data.destroy();
    this.#control.expectReply(answerToAbort);
    const reply = await this.#ended.catch(() => undefined);
    if (reply && reply.code >= 400) return reply;
    throw error;
  }
}
