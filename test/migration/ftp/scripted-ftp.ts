import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { WebAccess, WebProtocol } from '../../../functions/case/access.ts';
import type { TestCertificate } from './certificates.ts';

export type Pieces = Iterable<string | Buffer> | AsyncIterable<string | Buffer>;

export interface FtpScript {
  /** Lines of the reply to FEAT; without: the command is unknown. */
  features?: readonly string[];
  system?: string;
  files?: Readonly<Record<string, Buffer>>;
  /** What goes over the data connection, latin1. */
  list?: (directory: string) => Pieces;
  facts?: (directory: string) => Pieces;
  /** A reply of its own for a command, without its end of line; undefined: the usual one, '' none at all. */
  reply?: (verb: string, argument: string, session: Session) => string | undefined;
  /** The replies after a transfer, each in a packet of its own. */
  finished?: (verb: string, brokenOff: boolean) => readonly string[];
  /** What PASV says, and where the listener really is: on the loopback, at that port. */
  passive?: { host: string; port: number };
  certificate?: TestCertificate;
  dataCertificate?: TestCertificate;
  /** Of every control connection but the first. */
  laterCertificate?: TestCertificate;
}

export interface Session {
  number: number;
  /** Where the passive port of this session is. */
  port: number;
  end(): void;
}

export interface ScriptedFtp {
  port: number;
  /** `verb argument`, of all sessions. */
  commands: string[];
  /** Control connections: now, at most, ever. */
  sessions: { open: number; most: number; ever: number };
  access(protocol?: WebProtocol): WebAccess;
  stop(): Promise<void>;
}

/** A small FTP server within this process that lies as it is told. */
export async function startScriptedFtp(script: FtpScript): Promise<ScriptedFtp> {
  const sockets = new Set<{ destroy(): void; close?(): void }>();
  const commands: string[] = [];
  const sessions = { open: 0, most: 0, ever: 0 };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    sessions.open += 1;
    sessions.ever += 1;
    sessions.most = Math.max(sessions.most, sessions.open);
    socket.on('close', () => {
      sessions.open -= 1;
    });
    serve(script, socket, sessions.ever, commands, sockets);
  });
  await listening(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    commands,
    sessions,
    access: (protocol = 'ftp') => ({
      ...{ protocol, host: '127.0.0.1', port, user: 'taro', password: 'himitsu-0123', root: '/www' },
    }),
    async stop() {
      for (const one of sockets) one.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(
  script: FtpScript,
  raw: Socket,
  number: number,
  commands: string[],
  sockets: Set<{ destroy(): void }>,
): void {
  let socket: Socket = raw;
  let data: Promise<Socket> | undefined;
  let restart = 0;
  let passive: Server | undefined;
  const session: Session = { number, port: 0, end: () => socket.destroy() };
  const say = (text: string) => text !== '' && socket.write(`${text}\r\n`, 'latin1');

  const openPassive = async () => {
    passive?.close();
    passive = createServer({ noDelay: true, pauseOnConnect: true });
    await listening(passive, script.passive?.port ?? 0);
    session.port = (passive.address() as AddressInfo).port;
    const listener = passive;
    data = new Promise((resolve) => {
      listener.once('connection', (one) => {
        sockets.add(one);
        one.on('error', () => undefined);
        listener.close();
        resolve(one);
      });
    });
    data.catch(() => undefined);
  };

  const send = async (verb: string, pieces: Pieces) => {
    say('150 Here it comes.');
    const plain = await data!;
    const certificate = script.dataCertificate ?? script.certificate;
    const to = certificate ? encrypted(plain, certificate) : plain;
    let brokenOff = false;
    to.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      to.once('close', () => {
        brokenOff = true;
        resolve();
      });
    });
    to.resume();
    for await (const piece of pieces) {
      if (brokenOff) break;
      const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
      if (to.write(bytes)) continue;
      to.removeAllListeners('drain');
      await Promise.race([closed, new Promise((resolve) => to.once('drain', resolve))]);
    }
    if (!brokenOff)
      await Promise.race([closed, new Promise<void>((resolve) => void to.end(() => resolve()))]);
    const replies = script.finished?.(verb, brokenOff) ?? [brokenOff ? '426 Broken off.' : '226 Done.'];
    for (const reply of replies) {
      say(reply);
      await wait(replies.length > 1 ? 20 : 0);
    }
  };

  const usual = async (verb: string, argument: string): Promise<string> => {
    const file = script.files?.[argument];
    switch (verb) {
      case 'USER':
        return '331 Password?';
      case 'PASS':
        return '230 Welcome.';
      case 'SYST':
        return script.system ?? '215 UNIX Type: L8';
      case 'FEAT':
        return script.features
          ? ['211-Features:', ...script.features.map((one) => ` ${one}`), '211 End'].join('\r\n')
          : '502 No.';
      case 'PWD':
        return '257 "/www" is here.';
      case 'CWD':
      case 'TYPE':
      case 'NOOP':
      case 'OPTS':
      case 'PBSZ':
      case 'PROT':
        return '200 Fine.';
      case 'EPSV':
        await openPassive();
        return `229 Go on (|||${session.port}|)`;
      case 'PASV':
        await openPassive();
        return `227 Go on (${script.passive?.host ?? '127,0,0,1'},${session.port >> 8},${session.port & 255})`;
      case 'REST':
        restart = Number(argument);
        return '350 Go on.';
      case 'SIZE':
        return file ? `213 ${file.length}` : '550 Could not get file size.';
      case 'MDTM':
        return file ? '213 20260102030405' : '550 Could not get file modification time.';
      case 'LIST':
        await send(verb, script.list?.(argument) ?? []);
        return '';
      case 'MLSD':
        await send(verb, script.facts?.(argument) ?? []);
        return '';
      case 'RETR': {
        if (!file) return '550 Failed to open file.';
        const from = restart;
        restart = 0;
        await send(verb, [file.subarray(from)]);
        return '';
      }
      case 'QUIT':
        return '221 Bye.';
      default:
        return '502 No such command.';
    }
  };

  const take = async (line: string) => {
    commands.push(line);
    const [, verb = '', argument = ''] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
    const reply = script.reply?.(verb, argument, session) ?? (await usual(verb, argument));
    if (verb === 'AUTH' && script.certificate) {
      say('234 Go on.');
      raw.removeAllListeners('data');
      const later = number > 1 ? script.laterCertificate : undefined;
      socket = encrypted(raw, later ?? script.certificate);
      listen();
      return;
    }
    say(reply);
  };

  /** In the order in which they come; a transfer is finished before the next command is read. */
  const listen = () => {
    let rest = '';
    let order: Promise<unknown> = Promise.resolve();
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      const lines = (rest + piece.toString('latin1')).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) order = order.then(() => take(line)).catch(() => socket.destroy());
    });
  };
  listen();
  raw.on('close', () => passive?.close());
  const greeting = script.reply?.('', '', session) ?? '220 Hello.';
  say(greeting);
}

function encrypted(raw: Socket, { key, certificate }: TestCertificate): TLSSocket {
  const socket = new TLSSocket(raw, { isServer: true, key, cert: certificate });
  socket.on('error', () => undefined);
  return socket;
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
