import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Reply } from './reply.ts';
import { ReplyReader } from './reply-reader.ts';

/** How data connections of an encrypted control connection are made. */
export interface Security {
  options: ConnectionOptions;
  /** Of the control connection's certificate. */
  fingerprint: string;
}

/** A control connection as bytes, which are latin1 characters: commands out, replies in. */
export class Wire {
  /** Undefined: in clear. */
  security: Security | undefined;
  /** The newest TLS session: data connections resume it, by which the server knows that they are ours. */
  session: Buffer | undefined;
  closed = false;
  readonly #receive: (reply: Reply) => void;
  readonly #ended: () => void;
  #socket: Socket | TLSSocket;
  #reader = new ReplyReader();
  #outgoing = '';

  /** `ended` is called once, whoever ended it. */
  constructor(socket: Socket, receive: (reply: Reply) => void, ended: () => void) {
    this.#receive = receive;
    this.#ended = ended;
    this.#socket = socket;
    this.#listen(socket);
  }

  get socket(): Socket | TLSSocket {
    return this.#socket;
  }

  /** The same connection, encrypted from here on: what was said in clear before is forgotten. */
  upgrade(socket: TLSSocket, security: Security): void {
    this.#socket.off('data', this.#read);
    this.#reader = new ReplyReader();
    this.#socket = socket;
    this.secure(socket, security);
    this.#listen(socket);
  }

  secure(socket: TLSSocket, security: Security): void {
    this.security = security;
    this.session = socket.getSession();
    socket.on('session', (session) => {
      this.session = session;
    });
  }

  /** What is written in one turn of the event loop leaves in one packet. */
  write(command: string): void {
    if (this.#outgoing === '') {
      setImmediate(() => {
        if (!this.closed) this.#socket.write(this.#outgoing, 'latin1');
        this.#outgoing = '';
      });
    }
    this.#outgoing += `${command}\r\n`;
  }

  readonly close = (): void => {
    if (this.closed) return;
    this.closed = true;
    this.#socket.destroy();
    this.#ended();
  };

  #listen(socket: Socket): void {
    socket.setEncoding('latin1');
    socket.setKeepAlive(true);
    socket.on('data', this.#read);
    for (const event of ['error', 'end', 'close']) socket.on(event, this.close);
  }

  readonly #read = (text: unknown): void => {
    try {
      for (const reply of this.#reader.push(text as string)) this.#receive(reply);
    } catch {
      this.close();
    }
  };
}
