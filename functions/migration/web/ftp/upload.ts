import type { Socket } from 'node:net';
import type { Control } from './control.ts';
import { DataConnection } from './data-connection.ts';
import { lost, type Reply } from './reply.ts';

/** Milliseconds for an answer after the data connection broke. */
const answerToBreak = 2000;

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
    this.#control.expectReply(answerToBreak);
    const reply = await this.#ended.catch(() => undefined);
    if (reply && reply.code >= 400) return reply;
    throw error;
  }
}
