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

/** One file or listing from the server, until the sink has enough. Throws TransientError. */
export async function download(
  control: Control,
  port: number,
  command: string,
  throttle: Throttle,
  sink: Sink,
): Promise<Downloaded> {
  const transfer = new Download(control, port, command, throttle);
  let complete: boolean;
  try {
    complete = await transfer.receive(sink);
  } catch (failure) {
    return { reply: await transfer.explain(failure), complete: false };
  }
  if (complete) return { reply: await transfer.finish(), complete };
  await transfer.breakOff();
  return { reply: { code: 226, text: '' }, complete };
}

/** A transfer from the server. It may be received in several goes, and ends with one of the other three. */
export class Download {
  readonly #control: Control;
  readonly #throttle: Throttle;
  readonly #data: DataConnection;
  readonly #ended: Promise<Reply>;

  constructor(control: Control, port: number, command: string, throttle: Throttle) {
    this.#control = control;
    this.#throttle = throttle;
    this.#data = new DataConnection(control, port);
    this.#ended = control.start(command);
    this.#ended.then(
      ({ code }) => code >= 400 && this.#data.destroy(),
      () => this.#data.destroy(),
    );
  }

  /** True at the end of the data; false when the sink has enough. Throws TransientError. */
  async receive(sink: Sink): Promise<boolean> {
    const socket = await this.#data.ready;
    try {
      socket.setTimeout(this.#control.timeout);
      return await this.#flow(socket, sink);
    } finally {
      // Until it goes on, the silence is ours.
      socket.setTimeout(0);
    }
  }

  /** After the end of the data: the server's last reply. Throws TransientError. */
  finish(): Promise<Reply> {
    this.#control.expectReply();
    return this.#ended;
  }

  /** After a failure: a refusal says more than the broken data connection that came with it. Throws TransientError. */
  async explain(failure: unknown): Promise<Reply> {
    this.#data.destroy();
    this.#control.expectReply(answerToAbort);
    const reply = await this.#ended.catch(() => undefined);
    if (reply && reply.code >= 400) return reply;
    throw failure;
  }

  breakOff(): Promise<void> {
    this.#data.destroy();
    return this.#control.breakOff(this.#ended, answerToAbort);
  }

  #flow(socket: Socket, sink: Sink): Promise<boolean> {
    return new Promise((resolve, reject) => {
      // It may have come to its end while nobody listened.
      if (socket.readableEnded) return resolve(true);
      if (socket.destroyed) return reject(lost());
      const settle = (outcome: () => void) => {
        socket.off('data', take).off('end', end).off('close', closed);
        outcome();
      };
      const closed = () => settle(() => reject(lost()));
      const end = () => settle(() => resolve(true));
      const take = (piece: Buffer) => {
        if (!sink(piece)) {
          socket.pause();
          settle(() => resolve(false));
        } else if (this.#throttle.limited) {
          socket.pause();
          this.#throttle.take(piece.length).then(() => socket.resume());
        }
      };
      socket.on('data', take).on('end', end).on('close', closed);
      socket.resume();
    });
  }
}
