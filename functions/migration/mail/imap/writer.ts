import type { Duplex } from 'node:stream';
import { TransientError } from '../../../case/errors.ts';
import type { Patience } from './byte-reader.ts';
import type { Part } from './connection.ts';

/** Bytes of known size; `pieces` is asked for once per command. */
export type Body = Uint8Array | { size: number; pieces(): AsyncIterable<Uint8Array> };

const highWaterBytes = 512 * 1024;

/** Sends commands one after the other; a literal waits for the server's `+` unless the server takes it without. */
export class Writer {
  readonly #stream: Duplex;
  readonly #patience: Patience;
  #turn: Promise<void> = Promise.resolve();
  #waiting: { tag: string; resolve: (go: boolean) => void } | undefined;
  #failure: Error | undefined;
  #stopWaiting: ((error: Error) => void) | undefined;

  constructor(stream: Duplex, patience: Patience) {
    this.#stream = stream;
    this.#patience = patience;
    stream.on('error', this.#onError);
  }

  release(): void {
    this.#stream.off('error', this.#onError);
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#stopWaiting?.(this.#failure);
  }

  /** `wanted` is false as soon as the server has completed the command, perhaps before all of it was sent. */
  command(
    tag: string,
    name: string,
    parts: readonly Part[],
    capabilities: ReadonlySet<string>,
    wanted: () => boolean,
  ): Promise<void> {
    const work = this.#turn.then(async () => {
      let line = `${tag} ${name}`;
      for (const part of parts) {
        if (typeof part === 'string') {
          line += part;
          continue;
        }
        const size = part.literal instanceof Uint8Array ? part.literal.length : part.literal.size;
        const atOnce = capabilities.has('LITERAL+') || (size <= 4096 && capabilities.has('LITERAL-'));
        line += `${part.eight ? '~' : ''}{${size}${atOnce ? '+' : ''}}\r\n`;
        if (atOnce) this.#write(line);
        else if (!(await this.#mayGoOn(tag, line, wanted))) return;
        line = '';
        await this.#body(part.literal, size);
      }
      await this.raw(`${line}\r\n`);
    });
    this.#turn = work.catch(() => {});
    return work;
  }

  /** The server said `+`. False when nothing waits for it. */
  go(): boolean {
    this.#waiting?.resolve(true);
    return this.#waiting !== undefined;
  }

  /** The server completed this command: its literals are not wanted any more. */
  stop(tag: string): void {
    if (this.#waiting?.tag === tag) this.#waiting.resolve(false);
  }

  async raw(text: string): Promise<void> {
    this.#write(text);
    await this.#drained();
  }

  async #mayGoOn(tag: string, line: string, wanted: () => boolean): Promise<boolean> {
    if (!wanted()) return false;
    this.#write(line);
    return this.#wait<boolean>(this.#patience.idleMs, 'がデータの送信を許可しません', (resolve) => {
      this.#waiting = { tag, resolve };
    }).finally(() => {
      this.#waiting = undefined;
    });
  }

  async #body(body: Body, size: number): Promise<void> {
    if (body instanceof Uint8Array) {
      this.#write(body);
      return this.#drained();
    }
    let rest = size;
    for await (const piece of body.pieces()) {
      rest -= piece.length;
      if (rest < 0) break;
      this.#write(piece);
      await this.#drained();
    }
    // What was announced cannot be taken back: only a closed connection keeps half a message from being stored.
    if (rest !== 0)
      throw new TransientError('一時コピーの長さが合いません。移行元からもう一度読み取ります。');
  }

  #write(data: string | Uint8Array): void {
    if (this.#failure) throw this.#failure;
    if (typeof data === 'string') this.#stream.write(data, 'latin1');
    else this.#stream.write(data);
  }

  /** At least 1 kB/s is expected of the other side. */
  async #drained(): Promise<void> {
    const length = this.#stream.writableLength;
    if (length < highWaterBytes) return;
    let drained = () => {};
    await this.#wait<void>(this.#patience.idleMs + length, 'がデータを受け取りません', (resolve) => {
      drained = resolve;
      this.#stream.once('drain', resolve);
    }).finally(() => this.#stream.off('drain', drained));
  }

  /** Only one wait at a time: commands are sent in turn. */
  async #wait<T>(ms: number, what: string, begin: (resolve: (value: T) => void) => void): Promise<T> {
    if (this.#failure) throw this.#failure;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const wait = Math.max(0, Math.min(ms, this.#patience.until() - Date.now()));
        timer = setTimeout(
          () => reject(new TransientError(`メールサーバー${what}。移行済みの分は保持されています。`)),
          wait,
        );
        this.#stopWaiting = reject;
        begin(resolve);
      });
    } finally {
      clearTimeout(timer);
      this.#stopWaiting = undefined;
    }
  }

  readonly #onError = (error: NodeJS.ErrnoException) =>
    this.fail(
      new TransientError(
        `メールサーバーとの接続が切れました(${error.code ?? '不明'})。移行済みの分は保持されています。`,
      ),
    );
}
