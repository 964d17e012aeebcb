import type { Connection } from 'mysql2';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { errorFromPacket, longestPacket, wireOf } from './wire.ts';

const headerBytes = 4;
/** Milliseconds for one statement of a dump. */
const patience = 600_000;

/**
 * Sends a statement byte for byte: a dump's text is in whatever character set it says. Only statements that answer with
 * OK; rows are refused, and so is a request for a file. Returns how many warnings the server has.
 */
export function executeBytes(connection: Connection, statement: Buffer): Promise<number> {
  const wire = wireOf(connection);
  const before = wire.packetParser;
  return new Promise((resolve, reject) => {
    const settle = (error?: Error, warnings = 0) => {
      clearTimeout(timer);
      wire.packetParser = before;
      connection.off('error', failed);
      wire.stream.off('close', closed);
      if (error) reject(error);
      else resolve(warnings);
    };
    const failed = (error: Error) => settle(error);
    const closed = () => settle(new TransientError('移行先との接続が切れました。続きから再開します。'));
    const timer = setTimeout(() => {
      connection.destroy();
      settle(new TransientError('移行先が応答しません。続きから再開します。'));
    }, patience);
    let arrived: Buffer = Buffer.alloc(0);
    connection.on('error', failed);
    wire.stream.once('close', closed);
    wire.packetParser = {
      execute(piece) {
        arrived = arrived.length === 0 ? piece : Buffer.concat([arrived, piece]);
        if (arrived.length < headerBytes) return;
        const length = arrived.readUIntLE(0, 3);
        if (arrived.length < headerBytes + length && length < 65_536) return;
        const payload = arrived.subarray(headerBytes, headerBytes + length);
        if (payload[0] === 0x00) return settle(undefined, warningsIn(payload));
        if (payload[0] === 0xff) return settle(errorFromPacket(payload));
        connection.destroy();
        settle(new TerminalError('ダンプの文が行またはファイルを求めました。取り込みを止めました。'));
      },
    };
    for (const packet of packetsOf(statement)) wire.stream.write(packet);
  });
}

/** Of an OK packet: rows and the last number in as many bytes as they need, the status, the warnings. */
function warningsIn(payload: Buffer): number {
  let at = 1;
  for (let count = 0; count < 2; count++) {
    const first = payload[at] ?? 0;
    at += first < 0xfb ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : 9;
  }
  return at + 4 <= payload.length ? payload.readUInt16LE(at + 2) : 0;
}

/** COM_QUERY in as many packets as it takes; one that is full is followed by another, if only an empty one. */
function* packetsOf(statement: Buffer): Generator<Buffer> {
  const payload = Buffer.concat([Buffer.of(0x03), statement]);
  let number = 0;
  for (let at = 0; ; at += longestPacket) {
    const part = payload.subarray(at, at + longestPacket);
    const header = Buffer.alloc(headerBytes);
    header.writeUIntLE(part.length, 0, 3);
    header[3] = number++ & 0xff;
    yield header;
    yield part;
    if (part.length < longestPacket) return;
  }
}
