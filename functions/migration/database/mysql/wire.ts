import type { Duplex } from 'node:stream';
import type { Connection } from 'mysql2';

/**
 * What lies under a mysql2 connection: its socket (TLS or not), and the parser that every arriving piece is handed to.
 * mysql2 looks the parser up for each piece, so that another one may take its place for one result set.
 */
export interface Wire {
  stream: Duplex;
  packetParser: { execute(piece: Buffer): void };
  /** Changes `stream` to TLS; `secured` goes on to the log-in. */
  startTLS(secured: (error?: Error) => void): void;
}

export function wireOf(connection: Connection): Wire {
  return connection as unknown as Wire;
}

/** Flags of MariaDB beside MySQL's ("Connection", MariaDB's protocol documentation). */
const bulkOperations = 0x4;
const extendedMetadata = 0x8;

interface Greeting {
  mariadbExtendedClientFlags: number;
  handshake?: { mariadbExtendedCapabilityFlags: number };
}

const greetings = new WeakMap<Connection, Greeting>();

/** Before the server's first word: statements with many rows are wanted. MySQL, and MariaDB before 10.6, pass over it. */
export function wantBulk(connection: Connection): void {
  const greeting = (connection as unknown as { _command: Greeting })._command;
  greeting.mariadbExtendedClientFlags |= bulkOperations;
  greetings.set(connection, greeting);
}

/** mysql2 answers with those flags only where the server knows the second one. */
export function speaksBulk(connection: Connection): boolean {
  const flags = greetings.get(connection)?.handshake?.mariadbExtendedCapabilityFlags ?? 0;
  return (flags & bulkOperations) !== 0 && (flags & extendedMetadata) !== 0;
}

/** Longest payload of one wire packet; a longer one goes on in the next packet. */
export const longestPacket = 0xffffff;

/** COM_QUERY. Only for sessions without CLIENT_QUERY_ATTRIBUTES, which would put a count before the text. */
export function queryPacket(sql: string): Buffer {
  const text = Buffer.from(sql);
  if (text.length + 1 >= longestPacket) throw new RangeError('A statement of 16 MB does not fit one packet.');
  const packet = Buffer.allocUnsafe(text.length + 5);
  packet.writeUIntLE(text.length + 1, 0, 3);
  packet[3] = 0;
  packet[4] = 0x03;
  text.copy(packet, 5);
  return packet;
}

/** The server's own error: MySQL's number and its text, from an ERR packet's payload. */
export function errorFromPacket(payload: Buffer): Error & { errno: number; code: string } {
  const errno = payload.length >= 3 ? payload.readUInt16LE(1) : 0;
  const from = payload[3] === 0x23 ? 9 : 3;
  const text = payload.subarray(from, from + 512).toString('utf8');
  return Object.assign(new Error(text), { errno, code: `ER_${errno}` });
}
