import { TerminalError } from '../../../case/errors.ts';
import type { Reply } from './reply.ts';

/** Commands of one caller. */
export interface Exchange {
  commands: readonly string[];
  sent: number;
  replies: Reply[];
  /** The command begins a transfer. */
  transfer: boolean;
  resolve(replies: Reply[]): void;
  reject(error: unknown): void;
}

/**
 * Characters of commands that may be unanswered when another one is sent. ProFTPD reads 4 KB at a time and takes two
 * commands for one where the end of the first is cut; below a packet's size nothing is cut on the way either.
 */
const mostAhead = 1000;

/** What was asked and is not answered, in the order in which it leaves and is answered. Nothing passes a transfer. */
export class Exchanges {
  /** Several commands leave together; set once the server has shown that it takes that. */
  pipelining = false;
  readonly #open: Exchange[] = [];
  /** Characters of what has left and is not answered. */
  #ahead = 0;

  get first(): Exchange | undefined {
    return this.#open[0];
  }

  /** `greeting`: the reply to nothing that a server begins with. Throws TerminalError for what is more than a line. */
  add(commands: readonly string[], { transfer = false, greeting = false } = {}): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      if (commands.some((command) => /[\r\n\0]/.test(command))) return reject(unspeakable());
      const sent = greeting ? 1 : 0;
      this.#open.push({ commands, sent, replies: [], transfer, resolve, reject });
    });
  }

  /** What may leave now; it counts as sent. */
  *due(): Generator<string> {
    for (const exchange of this.#open) {
      while (exchange.sent < exchange.commands.length) {
        const command = exchange.commands[exchange.sent]!;
        const fits = this.pipelining && this.#ahead + lengthOf(command) <= mostAhead;
        if (this.#ahead > 0 && !fits) return;
        exchange.sent += 1;
        this.#ahead += lengthOf(command);
        yield command;
      }
      if (exchange.transfer) return;
    }
  }

  /** To the oldest command that is not answered. */
  answer(reply: Reply): void {
    const exchange = this.#open[0];
    if (!exchange) return;
    this.#ahead -= lengthOf(exchange.commands[exchange.replies.length]!);
    exchange.replies.push(reply);
    if (exchange.replies.length < exchange.commands.length) return;
    this.#open.shift();
    exchange.resolve(exchange.replies);
  }

  fail(error: Error): void {
    for (const { reject } of this.#open.splice(0)) reject(error);
  }
}

/** On the wire; nothing is sent for a greeting. */
function lengthOf(command: string): number {
  return command === '' ? 0 : command.length + 2;
}

function unspeakable(): TerminalError {
  return new TerminalError(
    'FTPサーバーに送れない文字(改行など)が指定に含まれています。何も送信していません。指定をご確認ください。',
  );
}
