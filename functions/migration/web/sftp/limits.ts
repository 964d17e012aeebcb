import { PacketReader, packetType, string } from './packet.ts';
import type { SftpSession } from './session.ts';

/** The most that one request moves. */
export interface Limits {
  readBytes: number;
  writeBytes: number;
}

/** What every server takes; most answer at most this much. */
export const usualLimits: Limits = { readBytes: 32 * 1024, writeBytes: 32 * 1024 };

/** What OpenSSH gives since 8.5: fewer requests for the same bytes. */
export const mostBytes = 255 * 1024;
const limitsExtension = 'limits@openssh.com';

/** Asks a server that says that it can tell (PROTOCOL of OpenSSH, 4.8); undefined when it does not. */
export async function askLimits(session: SftpSession): Promise<Limits | undefined> {
  if (!session.extensions.has(limitsExtension)) return undefined;
  const reply = await session.request(packetType.extended, string(limitsExtension));
  if (reply.type !== packetType.extendedReply) return undefined;
  const reader = new PacketReader(reply.body);
  reader.uint64(); // the longest packet
  const [readBytes, writeBytes] = [reader.uint64(), reader.uint64()];
  return {
    readBytes: readBytes === 0 ? usualLimits.readBytes : Math.min(readBytes, mostBytes),
    writeBytes: writeBytes === 0 ? usualLimits.writeBytes : Math.min(writeBytes, mostBytes),
  };
}
