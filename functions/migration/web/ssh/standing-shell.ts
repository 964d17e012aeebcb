import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { noAnswer } from '../sftp/dial.ts';
import { AnswerReader } from './answer-reader.ts';
import { type Greeting, greet, readGreeting } from './greeting.ts';
import { enterRoot, posix, rootLine } from './names.ts';
import { aborted, CommandFailed, type Shell, sendPieces, watchStall } from './shell.ts';

/** What is done again and again, each with `bytes` of input: see `script`. */
export interface Batch {
  verb: 'read' | 'write' | 'hash';
  /** `bytes` in all. A piece may be written over once the next one is asked for. */
  input: Iterable<Buffer>;
  bytes: number;
  /** Of `write`: a file that must be there; made by SFTP, it proves that the shell sees the same tree. */
  proof?: Buffer;
  /** Takes what it prints; while it works, nothing more comes. A throw ends the shell. */
  output?(piece: Buffer): undefined | Promise<void>;
  /** Bytes that it may print: one that prints more has failed, for it might never end. */
  most: number;
  /** Milliseconds without a byte in either direction after which the connection is given up. */
  stall?: number;
}

/**
 * One shell for many batches: what a log-in shell does first (Debian's bash reads .bashrc over SSH, and what people have
 * in there may run dozens of programs) is paid once. Each answer ends with the mark, which only we know, and the exit code;
 * the mark behind the input shows that no more and no less than the input was taken, else nothing more is read.
 * tar never writes over what exists already and sets no owner.
 */
const script = posix(
  `${enterRoot} && IFS= read -r mark || exit 1; ${greet}; ` +
    'while IFS=" " read -r verb bytes; do cd -- "$root" || exit 1; case $verb in ' +
    'read) head -c "$bytes" | tar -c -f - -b 128 --format=gnu --numeric-owner --hard-dereference --no-recursion --no-unquote --null -T -;; ' +
    'write) IFS= read -r proof && test -e "./$proof" && head -c "$bytes" | tar -x -f - -b 128 -p --no-same-owner --keep-old-files;; ' +
    'hash) head -c "$bytes" | xargs -0 sha256sum -b;; ' +
    '*) exit 1;; esac; code=$?; IFS= read -r end && test "$end" = "$mark" || exit 1; ' +
    'printf "%s %03d\\n" "$mark" "$code"; done',
);

const longestGreeting = 1000;

/** It serves one batch after the other. */
export class StandingShell {
  readonly #shell: Shell;
  readonly #channel: ClientChannel;
  readonly #mark = randomBytes(16).toString('hex');
  #take: ((piece: Buffer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  alive = true;

  private constructor(shell: Shell, channel: ClientChannel) {
    this.#shell = shell;
    this.#channel = channel;
    let ended = false;
    channel.once('exit', () => {
      ended = true;
    });
    channel.once('close', () => {
      this.alive = false;
      // Without any word of its end the connection has gone.
      this.#fail?.(ended ? new CommandFailed('ended') : noAnswer());
    });
    channel.on('error', () => undefined);
    channel.stderr.resume();
    channel.on('data', (piece: Buffer) => {
      if (this.#take) this.#take(piece);
      else this.end();
    });
  }

  /** Throws CommandFailed (no shell, no greeting, not in time) or TransientError. */
  static async begin(
    shell: Shell,
    root: Buffer,
    signal: AbortSignal,
  ): Promise<{ one: StandingShell; greeting: Greeting }> {
    const one = new StandingShell(shell, await shell.begin(script, signal));
    one.#channel.write(Buffer.concat([rootLine(root), Buffer.from(`${one.#mark}\n`)]));
    try {
      const line = await one.#until<string>(signal, (resolve) => one.#line(resolve));
      const greeting = readGreeting(line, one.#mark);
      if (!greeting) throw new CommandFailed('greeting');
      return { one, greeting };
    } catch (error) {
      one.end();
      throw error;
    }
  }

  /** The exit code, when all that was printed is taken. Throws CommandFailed, TransientError, or what `output` threw. */
  async run(batch: Batch): Promise<number> {
    const { stop, news } = watchStall(this.#shell.client, batch.stall ?? this.#shell.stall);
    try {
      const answered = this.#until<number>(undefined, (resolve, reject) =>
        this.#answer(batch, news, resolve, reject),
      );
      await Promise.race([answered, sendPieces(this.#channel, this.#request(batch), news)]);
      return await answered;
    } finally {
      stop();
    }
  }

  end(): void {
    this.alive = false;
    this.#channel.destroy();
  }

  *#request({ verb, bytes, proof, input }: Batch): Generator<Buffer> {
    yield Buffer.from(`${verb} ${bytes}\n`);
    if (verb === 'write') yield rootLine(proof ?? Buffer.alloc(0));
    yield* input;
    yield Buffer.from(`${this.#mark}\n`);
  }

  /** What comes is taken as `taking` says until it resolves, or the shell has ended. */
  async #until<R>(
    signal: AbortSignal | undefined,
    taking: (resolve: (result: R) => void, reject: (error: Error) => void) => (piece: Buffer) => void,
  ): Promise<R> {
    const result = new Promise<R>((resolve, reject) => {
      if (!this.alive) return reject(new CommandFailed('ended'));
      this.#fail = reject;
      this.#take = taking(resolve, reject);
    });
    try {
      return await Promise.race([result, aborted(signal)]);
    } finally {
      // What still comes after a failure is not taken: the memory that it would go into serves others by then.
      this.#take = undefined;
      this.#fail = undefined;
    }
  }

  #line(resolve: (line: string) => void): (piece: Buffer) => void {
    let text = '';
    return (piece) => {
      text += piece.toString('latin1');
      const end = text.indexOf('\n');
      if (text.length > longestGreeting) this.#fail?.(new CommandFailed('output'));
      else if (end >= 0) resolve(text.slice(0, end));
    };
  }

  #answer(
    { output, most }: Batch,
    news: () => void,
    resolve: (code: number) => void,
    reject: (error: Error) => void,
  ): (piece: Buffer) => void {
    const reader = new AnswerReader(this.#mark, (piece) => output?.(piece));
    let bytes = 0;
    return (piece) => {
      news();
      bytes += piece.length;
      try {
        if (bytes > most + AnswerReader.endBytes) throw new CommandFailed('output');
        const taken = reader.push(piece);
        if (reader.code !== undefined) resolve(reader.code);
        if (!taken) return;
        this.#channel.pause();
        taken.then(() => {
          news();
          this.#channel.resume();
        }, reject);
      } catch (error) {
        reject(error as Error);
      }
    };
  }
}
