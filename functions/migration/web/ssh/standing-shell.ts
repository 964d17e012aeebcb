import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { noAnswer } from '../sftp/dial.ts';
import { AnswerReader } from './answer-reader.ts';
import { enterRoot, posix, rootLine } from './names.ts';
import { CommandFailed, type Shell, sendPieces, watchStall } from './shell.ts';

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
  `${enterRoot} && IFS= read -r mark || exit 1; ` +
    'while IFS=" " read -r verb bytes; do cd -- "$root" || exit 1; case $verb in ' +
    'read) head -c "$bytes" | tar -c -f - -b 128 --format=gnu --numeric-owner --hard-dereference --no-recursion --no-unquote --null -T -;; ' +
    'write) IFS= read -r proof && test -e "./$proof" && head -c "$bytes" | tar -x -f - -b 128 -p --no-same-owner --keep-old-files;; ' +
    'hash) head -c "$bytes" | xargs -0 sha256sum -b;; ' +
    '*) exit 1;; esac; code=$?; IFS= read -r end && test "$end" = "$mark" || exit 1; ' +
    'printf "%s %03d\\n" "$mark" "$code"; done',
);

const mostIdle = 2;

/** Each batch has a shell for itself while it runs; they stay open for the next ones. */
export class StandingShells {
  readonly #shell: Shell;
  readonly #root: Buffer;
  #idle: StandingShell[] = [];

  constructor(shell: Shell, root: Buffer) {
    this.#shell = shell;
    this.#root = root;
  }

  /** The exit code, when all that was printed is taken. Throws CommandFailed, TransientError, or what `output` threw. */
  async run(batch: Batch): Promise<number> {
    this.#idle = this.#idle.filter(({ alive }) => alive);
    const one = this.#idle.pop() ?? (await StandingShell.begin(this.#shell, this.#root));
    try {
      const code = await one.run(batch);
      if (this.#idle.length < mostIdle) this.#idle.push(one);
      else one.end();
      return code;
    } catch (error) {
      one.end();
      throw error;
    }
  }
}

class StandingShell {
  readonly #shell: Shell;
  readonly #channel: ClientChannel;
  readonly #mark: string;
  #take: ((piece: Buffer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  alive = true;

  private constructor(shell: Shell, channel: ClientChannel, mark: string) {
    this.#shell = shell;
    this.#channel = channel;
    this.#mark = mark;
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

  static async begin(shell: Shell, root: Buffer): Promise<StandingShell> {
    const channel = await shell.begin(script);
    const mark = randomBytes(16).toString('hex');
    channel.write(Buffer.concat([rootLine(root), Buffer.from(`${mark}\n`)]));
    return new StandingShell(shell, channel, mark);
  }

  async run(batch: Batch): Promise<number> {
    const { stop, news } = watchStall(this.#shell.client, batch.stall ?? this.#shell.stall);
    try {
      const answered = this.#answer(batch, news);
      await Promise.race([answered, sendPieces(this.#channel, this.#request(batch), news)]);
      return await answered;
    } finally {
      stop();
      // What still comes after a failure is not taken: the memory that it would go into serves others by then.
      this.#take = undefined;
      this.#fail = undefined;
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

  #answer({ output, most }: Batch, news: () => void): Promise<number> {
    return new Promise((resolve, reject) => {
      if (!this.alive) return reject(new CommandFailed('ended'));
      const reader = new AnswerReader(this.#mark, (piece) => output?.(piece));
      let bytes = 0;
      this.#fail = reject;
      this.#take = (piece) => {
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
          reject(error);
        }
      };
    });
  }
}
