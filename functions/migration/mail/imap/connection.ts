import type { Duplex } from 'node:stream';
import { TransientError } from '../../../case/errors.ts';
import { ByteReader, type Patience } from './byte-reader.ts';
import { capabilitiesOf } from './capabilities.ts';
import { cleanAnswer, ImapProtocolError, ImapRefusedError, throttled } from './errors.ts';
import {
  type LargeLiteral,
  type Response,
  type ResponseCaps,
  readResponse,
  usualCaps,
} from './read-response.ts';
import type { Value } from './values.ts';
import { type Body, Writer } from './writer.ts';

/** A piece of a command: text on the line, or a literal. */
export type Part = string | { literal: Body; eight?: boolean };

export interface Data {
  name: string;
  number: number | undefined;
  values: Value[];
}

export interface CommandOptions {
  /** Each untagged response while this command is the oldest one in flight. The next is read when it is done. */
  data?: (data: Data) => void | Promise<void>;
  large?: LargeLiteral;
  /** Where literals that are kept in memory go; by default each into a buffer of its own. */
  allocate?: (size: number) => Buffer;
  /** Answers a continuation request that asks for no literal (AUTHENTICATE). */
  answer?: (challenge: string) => string;
  /** Untagged responses that are believed before the server counts as hostile. */
  most?: number;
}

export interface Completion {
  /** Response code and its arguments: `APPENDUID`, `1 2:5`; '' when there is none. */
  code: string;
  codeText: string;
}

interface Pending extends CommandOptions {
  name: string;
  left: number;
  resolve(completion: Completion): void;
  reject(error: Error): void;
}

/**
 * One IMAP connection (RFC 3501): commands are sent at once and answered in order. After any error but a refusal it is
 * closed and every command in flight fails with that error.
 */
export class ImapConnection {
  capabilities: ReadonlySet<string> = new Set();
  /** Texts that never appear in an error although a server may echo them. */
  readonly secrets: string[] = [];
  /** Mailbox names are UTF-8 here (RFC 6855, RFC 9051), else modified UTF-7. */
  utf8 = false;
  /** How often messages of the selected mailbox were said to be removed: sequence numbers from before are void. */
  removals = 0;
  #stream: Duplex;
  #reader: ByteReader;
  #writer: Writer;
  readonly #patience: Patience;
  readonly #caps: ResponseCaps;
  readonly #pending = new Map<string, Pending>();
  #tags = 0;
  #reading = false;
  #failure: Error | undefined;
  #goodbye: { code: string; text: string } | undefined;

  constructor(stream: Duplex, patience: Patience, caps: ResponseCaps = usualCaps) {
    this.#patience = patience;
    this.#caps = caps;
    this.#stream = stream;
    this.#reader = new ByteReader(stream, patience);
    this.#writer = new Writer(stream, patience);
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** The greeting. True when the server takes us as logged in already. */
  async greet(): Promise<boolean> {
    const greeting = await this.#guard(() => readResponse(this.#reader, this.#caps));
    if (greeting.kind !== 'status' || greeting.tag !== '*') {
      throw this.#fail(
        new ImapProtocolError(
          'IMAPサーバーではない応答がありました。サーバー名とポート番号をご確認ください。',
        ),
      );
    }
    if (greeting.status === 'BYE' || greeting.status === 'NO') {
      throw this.#fail(this.#byeError(greeting));
    }
    if (greeting.code === 'CAPABILITY') this.capabilities = capabilitiesOf(greeting.codeText.split(' '));
    return greeting.status === 'PREAUTH';
  }

  /** Goes on over another stream (TLS, compression). Bytes that came before it are an attack and refused. */
  async replace(wrap: (stream: Duplex) => Promise<Duplex>): Promise<void> {
    if (this.#reader.buffered > 0) {
      throw this.#fail(
        new ImapProtocolError(
          '暗号化の前に余分な応答がありました(第三者による割り込みの恐れ)。接続を閉じました。パスワードは送っていません。',
        ),
      );
    }
    this.#reader.release();
    this.#writer.release();
    this.#stream = await this.#guard(() => wrap(this.#stream));
    this.#reader = new ByteReader(this.#stream, this.#patience);
    this.#writer = new Writer(this.#stream, this.#patience);
  }

  /** Sends one command and waits for its completion. Throws ImapRefusedError on NO and BAD; the connection goes on. */
  run(name: string, parts: readonly Part[] = [], options: CommandOptions = {}): Promise<Completion> {
    const tag = `h${++this.#tags}`;
    const completion = new Promise<Completion>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#pending.set(tag, { ...options, name, left: options.most ?? 100_000, resolve, reject });
    });
    // Of several in flight the caller may only come to await the first that fails.
    completion.catch(() => {});
    if (this.#failure) return completion;
    const sent = this.#writer.command(tag, name, parts, this.capabilities, () => this.#pending.has(tag));
    sent.catch((error: Error) => this.#fail(error));
    void this.#readLoop();
    return completion;
  }

  /** Ends the connection, whatever is in flight. */
  close(error: Error = new TransientError('メールサーバーとの接続を閉じました。')): void {
    this.#fail(error);
  }

  async logout(): Promise<void> {
    if (this.#failure) return;
    await this.run('LOGOUT').catch(() => {});
    this.close();
  }

  async #readLoop(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#pending.size > 0 && !this.#failure) {
        const oldest = this.#pending.values().next().value;
        await this.#take(await readResponse(this.#reader, this.#caps, oldest?.large, oldest?.allocate));
      }
    } catch (error) {
      this.#fail(
        this.#goodbye && error instanceof TransientError ? this.#byeError(this.#goodbye) : (error as Error),
      );
    } finally {
      this.#reading = false;
    }
  }

  async #take(response: Response): Promise<void> {
    const oldest = this.#pending.values().next().value;
    if (response.kind === 'continue') {
      if (oldest?.answer) await this.#writer.raw(`${oldest.answer(response.text)}\r\n`);
      else if (!this.#writer.go())
        throw new ImapProtocolError('メールサーバーが予告していないデータを求めました。接続を閉じました。');
      return;
    }
    if (response.kind === 'status' && response.tag !== '*') return this.#complete(response);
    if (oldest && --oldest.left < 0) {
      throw new ImapProtocolError(
        `メールサーバーの ${oldest.name} への応答が終わりません。接続を閉じました。`,
      );
    }
    if (response.kind === 'status') {
      if (response.status === 'BYE') this.#goodbye = response;
      if (response.code)
        await oldest?.data?.({
          name: response.code,
          number: undefined,
          values: response.codeText.split(' '),
        });
      return;
    }
    if (response.name === 'EXPUNGE' || response.name === 'VANISHED') this.removals++;
    if (response.name === 'CAPABILITY') this.capabilities = capabilitiesOf(response.values);
    await oldest?.data?.(response);
  }

  #complete(response: Response & { kind: 'status' }): void {
    const pending = this.#pending.get(response.tag);
    if (!pending)
      throw new ImapProtocolError('メールサーバーが送っていない命令に応答しました。接続を閉じました。');
    this.#pending.delete(response.tag);
    this.#writer.stop(response.tag);
    if (response.status === 'OK') {
      if (response.code === 'CAPABILITY') this.capabilities = capabilitiesOf(response.codeText.split(' '));
      pending.resolve({ code: response.code, codeText: response.codeText });
    } else {
      const answer = cleanAnswer(response.text, this.secrets);
      pending.reject(
        throttled(response.code, answer) ??
          new ImapRefusedError(pending.name, response.status === 'NO' ? 'NO' : 'BAD', response.code, answer),
      );
    }
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#fail(error as Error);
    }
  }

  #byeError({ code, text }: { code: string; text: string }): Error {
    const answer = cleanAnswer(text || 'BYE', this.secrets);
    return (
      throttled(code, answer) ??
      new TransientError(`メールサーバーが接続を終えました: ${answer}。移行済みの分は保持されています。`)
    );
  }

  #fail(error: Error): Error {
    if (this.#failure) return this.#failure;
    this.#failure = error;
    this.#reader.fail(error);
    this.#writer.fail(error);
    this.#stream.destroy();
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    return error;
  }
}
