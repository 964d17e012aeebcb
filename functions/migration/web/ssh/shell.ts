import type { Client, ClientChannel } from 'ssh2';
import { noAnswer } from '../sftp/dial.ts';

/** A command could not be run, or something ended it; what it was for is done by SFTP, which tells what is the matter. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';
}

export interface Command {
  /** Fixed text, for whatever shell the server has; names and paths are never part of it. */
  text: string;
  /** What it reads, to its end. A piece may be written over once the next one is asked for. */
  input: Iterable<Buffer>;
  /** Takes what it prints; while it works, nothing more comes. A throw ends the command. */
  output?(piece: Buffer): void | Promise<void>;
  /** Bytes that it may print: one that prints more has failed, for it might never end. Without: what `output` bears. */
  most?: number;
  /** Ends the command, not the connection; it has failed then. */
  signal?: AbortSignal;
}

/** Runs commands on a connection that is logged in, each on a channel of its own. */
export class Shell {
  readonly client: Client;
  readonly stall: number;

  constructor(client: Client, { stall }: { stall: number }) {
    this.client = client;
    this.stall = stall;
  }

  /**
   * The exit code, when the command has ended by itself and all that it printed is taken. Throws CommandFailed,
   * TransientError (connection lost, stalled), or what `output` threw.
   */
  async run({ text, input, output, most = Number.POSITIVE_INFINITY, signal }: Command): Promise<number> {
    const channel = await this.begin(text, signal);
    const { stop, news } = watchStall(this.client, this.stall);
    let wanted = true;
    try {
      // What still comes after a failure is not taken: the memory that it would go into serves others by then.
      const ended = receive(channel, (piece) => (wanted ? output?.(piece) : undefined), most, news);
      await Promise.race([ended, aborted(signal), sendAll(channel, input, news)]);
      return await Promise.race([ended, aborted(signal)]);
    } catch (error) {
      channel.destroy();
      throw error;
    } finally {
      wanted = false;
      stop();
    }
  }

  /** The channel of a command that has begun. Throws CommandFailed or TransientError. */
  begin(text: string, signal?: AbortSignal): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(noAnswer());
      const timer = setTimeout(lost, this.stall);
      this.client.once('close', lost);
      const settle = () => {
        clearTimeout(timer);
        this.client.removeListener('close', lost);
      };
      aborted(signal).catch((error) => {
        settle();
        reject(error);
      });
      try {
        this.client.exec(text, (error, channel) => {
          settle();
          if (error) reject(new CommandFailed('exec'));
          else if (signal?.aborted) channel.destroy();
          else resolve(channel);
        });
      } catch {
        // Thrown where the connection has gone already.
        settle();
        lost();
      }
    });
  }
}

/** Rejects then; never resolves. */
export function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new CommandFailed('aborted'));
    if (signal?.aborted) fail();
    signal?.addEventListener('abort', fail, { once: true });
  });
}

/** Resolves with the exit code once everything is taken. */
function receive(
  channel: ClientChannel,
  output: NonNullable<Command['output']>,
  most: number,
  news: () => void,
): Promise<number> {
  let bytes = 0;
  return new Promise((resolve, reject) => {
    let status: number | null | undefined;
    channel.once('exit', (code: number | null) => {
      status = code;
    });
    channel.once('close', () => {
      if (typeof status === 'number') resolve(status);
      // A command that is killed has no code; without any word of its end the connection has gone.
      else reject(status === null ? new CommandFailed('killed') : noAnswer());
    });
    channel.stderr.resume();
    channel.on('data', (piece: Buffer) => {
      news();
      bytes += piece.length;
      try {
        if (bytes > most) throw new CommandFailed('output');
        const taken = output(piece);
        if (!taken) return;
        channel.pause();
        taken.then(() => {
          news();
          channel.resume();
        }, reject);
      } catch (error) {
        reject(error);
      }
    });
  });
}

async function sendAll(channel: ClientChannel, input: Iterable<Buffer>, news: () => void): Promise<void> {
  // A command may end without having read everything.
  channel.on('error', () => undefined);
  await sendPieces(channel, input, news);
  if (channel.writable) channel.end();
}

/** Each piece when the one before has been taken. */
export async function sendPieces(
  channel: ClientChannel,
  input: Iterable<Buffer>,
  news: () => void,
): Promise<void> {
  for (const piece of input) {
    if (!channel.writable) return;
    await new Promise<void>((resolve) => channel.write(piece, () => resolve()));
    news();
  }
}

/** Gives the connection up after `stall` milliseconds without `news`. */
export function watchStall(client: Client, stall: number): { news(): void; stop(): void } {
  let lastNews = performance.now();
  const watch = setInterval(
    () => {
      if (performance.now() - lastNews > stall) client.destroy();
    },
    Math.min(1000, stall / 2),
  );
  watch.unref();
  return {
    news: () => {
      lastNews = performance.now();
    },
    stop: () => clearInterval(watch),
  };
}
