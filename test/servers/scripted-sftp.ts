import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Algorithms, AuthContext, Connection, Server as SshServer } from 'ssh2';
import { fingerprint } from '../../functions/migration/web/sftp/connect.ts';
import {
  PacketReader,
  PacketSplitter,
  packetType,
  string,
  uint32,
} from '../../functions/migration/web/sftp/packet.ts';
import { newHostKey } from './host-key.ts';

const { Server, utils } = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');

/** Answers one request: a body with its type, or undefined to stay silent. */
export type Script = (
  type: number,
  fields: PacketReader,
) => Promise<{ type: number; body: Buffer } | undefined> | { type: number; body: Buffer } | undefined;

export interface ScriptedServer {
  host: string;
  port: number;
  user: string;
  password: string;
  hostKey: string;
  /** Log-ins that were tried, by method. */
  attempts: string[];
  stop(): Promise<void>;
}

export interface ScriptedOptions {
  script: Script;
  /** How the password is taken: `password`, or asked for as keyboard-interactive does. */
  method?: 'password' | 'keyboard-interactive';
  /** In place of that: answers each attempt to log in. */
  authenticate?: (context: AuthContext, connection: Connection) => void;
  /** All that it knows, for a server that is old. */
  algorithms?: Algorithms;
  extensions?: readonly string[];
  /** Without SFTP the subsystem is refused. */
  withoutSftp?: boolean;
  /** Sent in place of an answer to the first request: no SFTP at all. */
  greeting?: Buffer;
}

/** An SSH server in this process whose SFTP says whatever a test wants it to. */
export async function startScriptedSftp(options: ScriptedOptions): Promise<ScriptedServer> {
  const password = 'himitsu-scripted';
  const key = newHostKey(options.algorithms ? 'rsa' : 'ecdsa');
  const attempts: string[] = [];
  const algorithms = options.algorithms && { algorithms: options.algorithms };
  const connections = new Set<Connection>();
  const server: SshServer = new Server({ hostKeys: [key], ...algorithms }, (client) => {
    connections.add(client);
    // Not in the types: without it the system holds small answers back for 40 ms.
    (client as unknown as { _sock: Socket })._sock.setNoDelay(true);
    client.on('error', () => undefined);
    client.on('close', () => connections.delete(client));
    client.on('authentication', (context) => {
      attempts.push(context.method);
      if (options.authenticate) return options.authenticate(context, client);
      const method = options.method ?? 'password';
      if (context.method === 'password' && method === 'password' && context.password === password) {
        context.accept();
      } else if (context.method === 'keyboard-interactive' && method === 'keyboard-interactive') {
        context.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
          answers[0] === password ? context.accept() : context.reject(['keyboard-interactive']),
        );
      } else {
        context.reject([method]);
      }
    });
    client.on('session', (accept) => {
      accept().on('subsystem', (acceptSubsystem, reject) => {
        if (options.withoutSftp) reject?.();
        else serve(acceptSubsystem() as unknown as Duplex, options);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const publicKey = utils.parseKey(key);
  if (publicKey instanceof Error) throw publicKey;
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user: 'taro',
    password,
    hostKey: fingerprint((publicKey as { getPublicSSH(): Buffer }).getPublicSSH()),
    attempts,
    stop: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.end();
        server.close(() => resolve());
      }),
  };
}

function serve(stream: Duplex, { script, extensions = [], greeting }: ScriptedOptions): void {
  const send = (type: number, body: Buffer) => {
    if (!stream.destroyed) stream.write(Buffer.concat([uint32(body.length + 1), Buffer.of(type), body]));
  };
  const onPacket = (type: number, body: Buffer) => {
    if (type === packetType.init) {
      if (greeting) return stream.write(greeting);
      const pairs = extensions.flatMap((name) => [string(name), string('1')]);
      return send(packetType.version, Buffer.concat([uint32(3), ...pairs]));
    }
    const id = body.subarray(0, 4);
    return Promise.resolve(script(type, new PacketReader(body.subarray(4)))).then(
      (answer) => answer && send(answer.type, Buffer.concat([id, answer.body])),
    );
  };
  const splitter = new PacketSplitter({ onPacket });
  stream.on('error', () => undefined);
  stream.on('data', (piece: Buffer) => splitter.push(piece));
}
