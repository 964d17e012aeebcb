import { Duplex, pipeline } from 'node:stream';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import type { ImapConnection } from './connection.ts';
import { ImapRefusedError } from './errors.ts';

/** From here on both directions are compressed (RFC 4978), where the server offers it: mail is text, and lines are slow. */
export async function compress(connection: ImapConnection): Promise<void> {
  if (!connection.capabilities.has('COMPRESS=DEFLATE')) return;
  try {
    await connection.run('COMPRESS', [' DEFLATE']);
  } catch (error) {
    if (error instanceof ImapRefusedError) return;
    throw error;
  }
  await connection.replace(async (stream) => deflated(stream));
}

function deflated(stream: Duplex): Duplex {
  const incoming = createInflateRaw();
  const outgoing = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  const both = Duplex.from({ readable: incoming, writable: outgoing });
  const ended = (error: Error | null | undefined) => both.destroy(error ?? undefined);
  pipeline(stream, incoming, ended);
  pipeline(outgoing, stream, ended);
  return both;
}
