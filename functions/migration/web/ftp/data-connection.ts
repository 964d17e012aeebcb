import { connect, type Socket } from 'node:net';
import { type TLSSocket, connect as wrap } from 'node:tls';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { certificateOf } from './certificate.ts';
import type { Control } from './control.ts';
import { isDone, nonsense, type Reply } from './reply.ts';
import type { Traits } from './traits.ts';

/**
 * The port of a reply to EPSV (RFC 2428) or PASV. The address in a PASV reply is not looked at: data go to the very
 * address that the control connection goes to (threats.md, rows 3 and 10), which also suits servers behind NAT.
 */
export function passivePort({ text }: Reply): number {
  const extended = /\(([!-~])\1\1(\d{1,5})\1\)/.exec(text)?.[2];
  const plain = /(?:\d{1,3},){4}(\d{1,3}),(\d{1,3})/.exec(text);
  const port = extended ? Number(extended) : plain ? Number(plain[1]) * 256 + Number(plain[2]) : 0;
  // A server's data connection is never on a well-known port; somebody else's service may be.
  if (port < 1024 || port > 65_535) throw nonsense();
  return port;
}

/** Asks for a passive port, together with commands that go before; EPSV where the server knows it. */
export async function askPassive<T extends readonly string[]>(
  control: Control,
  traits: Pick<Traits, 'passive' | 'passiveProven'>,
  ...before: T
): Promise<{ replies: { [K in keyof T]: Reply }; port: number }> {
  const all = await control.ask(...before, traits.passive);
  let passive = all.at(-1)!;
  if (!isDone(passive) && traits.passive === 'EPSV' && control.host.family === 4) {
    [passive] = await control.ask('PASV');
    if (isDone(passive)) traits.passive = 'PASV';
  }
  if (!isDone(passive)) {
    throw new TransientError('FTPサーバーがデータ接続を受け付けません。続きから再開します。');
  }
  control.whenDialled = (connected) => {
    if (connected) traits.passiveProven = true;
    // Old firewalls open only the ports that they have read in an answer to PASV.
    else if (!traits.passiveProven && control.host.family === 4) traits.passive = 'PASV';
  };
  return { replies: all.slice(0, -1) as { [K in keyof T]: Reply }, port: passivePort(passive) };
}

/** Being connected while the transfer's command is on its way: that saves a round trip a file. */
export class DataConnection {
  readonly ready: Promise<Socket>;
  readonly #raw: Socket;
  #socket: Socket;

  constructor(control: Control, port: number) {
    const { address, family } = control.host;
    this.#raw = connect({ host: address, family, port, noDelay: true });
    this.#socket = this.#raw;
    this.ready = new Promise((open, reject) => {
      let connected = false;
      const fail = () => reject(unreachable());
      const failToConnect = () => {
        if (!connected) control.whenDialled(false);
      };
      const resolve = (socket: Socket) => {
        this.#raw.setTimeout(0);
        this.#raw.off('close', fail);
        // What reads or writes says why; nothing must go unheard.
        socket.on('error', () => undefined);
        if (socket !== this.#raw) socket.on('timeout', () => this.destroy());
        open(socket);
      };
      this.#raw.on('error', failToConnect).on('error', fail);
      this.#raw.once('close', fail);
      this.#raw.setTimeout(control.timeout, () => {
        failToConnect();
        this.destroy();
      });
      this.#raw.once('connect', () => {
        connected = true;
        control.whenDialled(true);
        if (!control.wire.security) return resolve(this.#raw);
        this.#encrypt(control, resolve, reject);
      });
    });
    this.ready.catch(() => undefined);
  }

  destroy(): void {
    this.#socket.destroy();
    this.#raw.destroy();
  }

  #encrypt(control: Control, resolve: (socket: Socket) => void, reject: (error: Error) => void): void {
    const { options, fingerprint } = control.wire.security!;
    const { session } = control.wire;
    const encrypted: TLSSocket = wrap({ ...options, socket: this.#raw, ...(session && { session }) });
    this.#socket = encrypted;
    // Tickets of TLS 1.3 serve once: the next data connection takes the newest.
    encrypted.on('session', (next) => {
      control.wire.session = next;
    });
    encrypted.on('error', () => reject(unreachable()));
    encrypted.once('secureConnect', () => {
      if (encrypted.isSessionReused() || certificateOf(encrypted) === fingerprint) return resolve(encrypted);
      this.destroy();
      reject(
        new TerminalError(
          'データ接続の証明書が、ログインした接続の証明書と異なります。転送を中止しました。サーバーの設定をご確認ください。',
        ),
      );
    });
  }
}

function unreachable(): TransientError {
  return new TransientError(
    'FTPのデータ接続を開けないか、切れました。移行済みの分は保持しています。続きから再開します。',
  );
}
