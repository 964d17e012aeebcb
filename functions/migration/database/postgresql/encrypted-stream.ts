import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { checkCertificate } from '../certificate.ts';
import { type PostgresqlEnd, tlsOf } from './ends.ts';

/** SSLRequest (PostgreSQL manual, "Message Formats"); the answer is one byte. */
const request = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const willing = 0x53;
/** Milliseconds. */
const patience = 20_000;

/** A stream to the server behind TLS, where it is to be had, with its certificate checked. Throws TerminalError, TransientError. */
export async function encryptedStream(end: PostgresqlEnd): Promise<Duplex> {
  const plain = await end.stream();
  if (end.server.tls === 'none') return plain;
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), patience);
  const closed = () => given.abort();
  plain.once('close', closed);
  try {
    return await secured(plain, end, given.signal);
  } catch (error) {
    plain.destroy();
    if (error instanceof TerminalError || error instanceof TransientError) throw error;
    throw new TransientError('移行元と暗号化した通信を始められません。もう一度行います。');
  } finally {
    clearTimeout(timer);
    plain.off('close', closed);
  }
}

async function secured(plain: Duplex, { server }: PostgresqlEnd, signal: AbortSignal): Promise<Duplex> {
  plain.write(request);
  const [answer] = (await once(plain, 'data', { signal })) as [Buffer];
  // More than the one byte would be what somebody in between has put before the encrypted part (CVE-2021-23222).
  if (answer.length !== 1 || answer[0] !== willing) {
    throw new TerminalError('移行元のデータベースは暗号化に対応していません。何も変更していません。');
  }
  const stream = connect({ socket: plain, ...(tlsOf(server) as ConnectionOptions) });
  await once(stream, 'secureConnect', { signal });
  checkCertificate(server, stream.getPeerCertificate().fingerprint256);
  return stream;
}
