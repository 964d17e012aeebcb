import { TransientError } from '../../../case/errors.ts';
import type { FileTree } from '../file-tree.ts';
import { isRoot, type ShellTraits } from './greeting.ts';
import { CommandFailed, type Shell } from './shell.ts';
import { type Batch, StandingShell } from './standing-shell.ts';

/** Milliseconds; a shell that has not answered by then is not used. */
const longestWait = 5000;
const mostIdle = 2;

/** What is known of a server's shell, whatever becomes of a connection; `traits` is absent until it was looked for. */
export interface KnownShell {
  /** Undefined where SFTP alone is to be used. */
  traits?: ShellTraits | undefined;
  /** Batches in a row that came to nothing. */
  troubles: number;
}

type Sftp = Pick<FileTree, 'inspect' | 'rootNames'>;

/** Each batch has a shell for itself while it runs; they stay open for the next ones. */
export class StandingShells {
  readonly #shell: Shell;
  readonly #sftp: Sftp;
  readonly #known: KnownShell;
  #looking: Promise<ShellTraits | undefined> | undefined;
  #idle: StandingShell[] = [];

  constructor(shell: Shell, sftp: Sftp, known: KnownShell) {
    this.#shell = shell;
    this.#sftp = sftp;
    this.#known = known;
  }

  /**
   * Looked for once a server. Undefined where SFTP alone is to be used: no shell, one that prints on log-in, one that sees
   * another tree, no answer in time. Throws when the connection is lost.
   */
  traits(): Promise<ShellTraits | undefined> {
    if ('traits' in this.#known) return Promise.resolve(this.#known.traits);
    this.#looking ??= this.#look();
    return this.#looking;
  }

  /** The exit code, when all that was printed is taken. Throws CommandFailed, TransientError, or what `output` threw. */
  async run(batch: Batch): Promise<number> {
    this.#idle = this.#idle.filter(({ alive }) => alive);
    const one = this.#idle.pop() ?? (await this.#begin()).one;
    try {
      const code = await one.run(batch);
      this.#keep(one);
      return code;
    } catch (error) {
      one.end();
      throw error;
    }
  }

  #keep(one: StandingShell): void {
    if (this.#idle.length < mostIdle) this.#idle.push(one);
    else one.end();
  }

  async #look(): Promise<ShellTraits | undefined> {
    try {
      const { one, greeting } = await this.#begin();
      this.#keep(one);
      this.#known.traits = greeting.traits;
    } catch (error) {
      if (!(error instanceof CommandFailed) && !(error instanceof TransientError)) throw error;
      // A server that allows SFTP alone may close the channel without a word. If the connection has gone, this throws.
      await this.#sftp.inspect(Buffer.alloc(0));
      this.#known.traits = undefined;
    }
    return this.#known.traits;
  }

  /** Looks at the root too, before and after: visitors may be at work in it. */
  async #begin() {
    const [root] = this.#sftp.rootNames;
    if (!root || root.includes(0x0a)) throw new CommandFailed('root');
    const before = await this.#sftp.inspect(Buffer.alloc(0));
    const signal = AbortSignal.timeout(Math.min(this.#shell.stall, longestWait));
    const begun = await StandingShell.begin(this.#shell, root, signal);
    if (isRoot(begun.greeting, before)) return begun;
    if (isRoot(begun.greeting, await this.#sftp.inspect(Buffer.alloc(0)))) return begun;
    begun.one.end();
    throw new CommandFailed('another tree');
  }
}
