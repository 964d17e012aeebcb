import { connect, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type Piece, Sentences } from './sentences.ts';

/** Where in the course of one command the server says BYE. */
export type Moment =
  /** Instead of hearing it. */
  | 'before'
  /** In the middle of the command's first literal, or of its second one. */
  | 'in its literal'
  | 'in its second literal'
  /** After `+`. */
  | 'after the continuation'
  /** Between two untagged responses. */
  | 'between responses'
  /** In the middle of a response, of its literal where it has one. */
  | 'in a response'
  /** It is done, and the tagged OK is not said. */
  | 'before its OK'
  | 'after its OK';

export interface Farewell {
  /** `greeting`, or a command: `UID FETCH`. */
  command: string;
  moment: Moment;
  /** How often; afterwards the server serves. */
  times: number;
}

/** What a command was like: which moments it has. */
export interface Seen {
  literals: number;
  continued: boolean;
  responses: number;
}

export interface FarewellProxy {
  port: number;
  /** What is to happen from now on. */
  farewell: Farewell | undefined;
  /** How often it has happened. */
  said: number;
  /** Of every command so far, the most that was seen of it. */
  seen: Map<string, Seen>;
  stop(): void;
}

const bye = '* BYE Server shutting down\r\n';

export interface ProxyOptions {
  /** PEM: STARTTLS is offered, and ends at this port. */
  tls?: { cert: Buffer; key: Buffer };
  /** What the server can do and does not say. */
  hidden?: RegExp;
}

/** A port that leads to a real server and takes leave of the client in the midst of things, as told. */
export async function startFarewellProxy(to: number, options: ProxyOptions = {}): Promise<FarewellProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: to, noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        (socket === client ? upstream : client).destroy();
      });
    }
    serve(proxy, client, upstream, options);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy: FarewellProxy = {
    port: typeof address === 'object' && address ? address.port : 0,
    farewell: undefined,
    said: 0,
    seen: new Map(),
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}

interface Command extends Seen {
  name: string;
}

function serve(proxy: FarewellProxy, socket: Socket, upstream: Socket, { tls, hidden }: ProxyOptions): void {
  let client: Socket = socket;
  let left = false;
  const running = new Map<string, Command>([['*', { name: 'greeting', ...nothing() }]]);
  const hears = new Sentences();
  const says = new Sentences();
  const due = (command: Command | undefined, moment: Moment) =>
    command !== undefined &&
    command.name === proxy.farewell?.command &&
    moment === proxy.farewell.moment &&
    proxy.said < proxy.farewell.times;
  const leave = () => {
    left = true;
    proxy.said++;
    client.end(bye);
    upstream.destroy();
  };
  const startTls = (tag: string, pem: { cert: Buffer; key: Buffer }) => {
    client.write(`${tag} OK Begin TLS\r\n`);
    const secureContext = createSecureContext(pem);
    client.off('data', fromClient);
    client = new TLSSocket(socket, { isServer: true, secureContext });
    client.on('error', () => {});
    client.on('data', fromClient);
  };
  let speaking: Command | undefined;
  const hear = (piece: Piece) => {
    if (piece.first) {
      const [, tag = '', name = ''] = /^(h\d+) ((?:UID )?[A-Z]+)/.exec(piece.sentence) ?? [];
      speaking = { name, ...nothing() };
      if (tag) running.set(tag, speaking);
      if (due(speaking, 'before')) return leave();
      if (name === 'STARTTLS' && tls) {
        running.delete(tag);
        proxy.seen.set(name, nothing());
        if (due(speaking, 'before its OK')) return leave();
        if (!due(speaking, 'after its OK')) return startTls(tag, tls);
        client.write(`${tag} OK Begin TLS\r\n`);
        return leave();
      }
    }
    if (piece.literal && piece.literal.from === 0) {
      speaking!.literals++;
      const moment = speaking!.literals === 1 ? 'in its literal' : 'in its second literal';
      if (speaking!.literals <= 2 && due(speaking, moment)) {
        upstream.write(piece.bytes.subarray(0, piece.literal.size >> 1));
        return leave();
      }
    }
    upstream.write(piece.bytes);
  };
  const say = (piece: Piece) => {
    const [tag = '', status = ''] = piece.opening.split(' ', 2);
    const greeting = running.get('*');
    const ends = greeting ?? (tag === '*' || tag === '+' ? undefined : running.get(tag));
    const oldest: Command | undefined = greeting ?? running.values().next().value;
    if (ends) {
      if (greeting ? due(ends, 'before') : due(ends, 'before its OK')) return leave();
      running.delete(greeting ? '*' : tag);
      const most = proxy.seen.get(ends.name) ?? nothing();
      proxy.seen.set(ends.name, {
        literals: Math.max(most.literals, ends.literals),
        continued: most.continued || ends.continued,
        responses: Math.max(most.responses, ends.responses),
      });
    } else if (tag === '*' && piece.first && oldest) oldest.responses++;
    if (!ends && due(oldest, 'in a response') && (piece.literal || !/\{\d+\}$/.test(piece.sentence))) {
      client.write(piece.bytes.subarray(0, piece.bytes.length >> 1));
      return leave();
    }
    client.write(withOffer(piece, tls !== undefined && client === socket, hidden));
    if (ends && due(ends, 'after its OK') && status === 'OK') return leave();
    if (ends?.name === 'greeting' && due(ends, 'after its OK')) return leave();
    if (tag === '+' && oldest) {
      oldest.continued = true;
      if (due(oldest, 'after the continuation')) return leave();
    }
    if (!ends && tag === '*' && piece.last && due(oldest, 'between responses')) leave();
  };
  const fromClient = (data: Buffer) => {
    for (const piece of hears.take(data)) if (!left) hear(piece);
  };
  client.on('data', fromClient);
  upstream.on('data', (data) => {
    for (const piece of says.take(data)) if (!left) say(piece);
  });
}

const nothing = (): Seen => ({ literals: 0, continued: false, responses: 0 });

/** Capabilities as this server tells them. */
function withOffer({ bytes, literal, sentence }: Piece, tls: boolean, hidden: RegExp | undefined): Buffer {
  if (literal || !/CAPABILITY/.test(sentence)) return bytes;
  let text = bytes.toString('latin1');
  if (hidden) text = text.replaceAll(hidden, '');
  if (tls) text = text.replace('IMAP4rev1', 'IMAP4rev1 STARTTLS');
  return Buffer.from(text, 'latin1');
}
