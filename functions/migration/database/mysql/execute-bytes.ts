import type { Connection } from 'mysql2';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { errorFromPacket, longestPacket, wireOf } from './wire.ts';

const headerBytes = 4;
/** Milliseconds for one statement of a dump. */
const patience = 600_000;

/**
 * Sends a statement byte for byte: a dump's text is in whatever character set it says. Returns how many warnings the server has.
 */
export async function executeBytes(connection: Connection, statement: Buffer): Promise<number> {
  return (await executeCommand(connection, [Buffer.of(0x03), statement])).warnings;
}

/** What the server says of a statement that answers with OK. */
export interface Done {
  rows: number;
  warnings: number;
}

/** Sends a command of the protocol. Only what is answered with OK; rows are refused, and so is a request for a file. */
export function executeCommand(connection: Connection, command: readonly Buffer[]): Promise<Done> {
  const wire = wireOf(connection);
  const before = wire.packetParser;
  return new Promise((resolve, reject) => {
    const settle = (error?: Error, done: Done = { rows: 0, warnings: 0 }) => {
      clearTimeout(timer);
      wire.packetParser = before;
      connection.off('error', failed);
      wire.stream.off('close', closed);
      if (error) reject(error);
      else resolve(done);
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
        if (payload[0] === 0x00) return settle(undefined, doneIn(payload));
        if (payload[0] === 0xff) return settle(errorFromPacket(payload));
        connection.destroy();
        settle(new TerminalError('移行先のサーバーが想定外の応答をしました。取り込みを止めました。'));
      },
    };
    wire.stream.cork();
    for (const part of packetsOf(command)) wire.stream.write(part);
    wire.stream.uncork();
  });
}

/** Of an OK packet: rows and the last number in as many bytes as they need, the status, the warnings. */
function doneIn(payload: Buffer): Done {
  const first = payload[1] ?? 0;
  const bytes = lengthOf(first);
  const rows = bytes === 1 ? first : payload.readUIntLE(2, Math.min(bytes - 1, 6));
  let at = 1 + bytes;
  at += lengthOf(payload[at] ?? 0);
  return { rows, warnings: at + 4 <= payload.length ? payload.readUInt16LE(at + 2) : 0 };
}

function lengthOf(first: number): number {
  return first < 0xfb ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : 9;
}

/** A command in as many packets as it takes; one that is full is followed by another, if only an empty one. */
function* packetsOf(command: readonly Buffer[]): Generator<Buffer> {
  const total = command.reduce((sum, part) => sum + part.length, 0);
  let left = total;
  let number = 0;
  let room = 0;
  const header = () => {
    room = Math.min(left, longestPacket);
    const head = Buffer.alloc(headerBytes);
    head.writeUIntLE(room, 0, 3);
    head[3] = number++ & 0xff;
    return head;
  };
  yield header();
  for (const part of command) {
    for (let at = 0; at < part.length; ) {
      const end = Math.min(part.length, at + room);
      yield part.subarray(at, end);
      left -= end - at;
      room -= end - at;
      at = end;
      if (room === 0 && (left > 0 || number * longestPacket === total)) yield header();
    }
  }
}
