import type { Throttle } from '../../throttle.ts';
import { mostBytes } from './limits.ts';
import { nonsense, packetType, uint64 } from './packet.ts';
import type { SftpSession } from './session.ts';
import { codeOf, expectOk, problemOf, statusCode } from './status.ts';

const zeros = Buffer.alloc(mostBytes);

export interface Filled {
  /** How many bytes there were before the end of the file. */
  bytes: number;
  /** All requests left in one burst: what is asked right behind them is answered after them. */
  atOnce: boolean;
}

/**
 * Fills `into` from `start` of the open file with all its requests under way at once (the session caps them), and goes
 * on where the server answered less than asked.
 */
export async function readInto(
  session: SftpSession,
  handle: Buffer,
  start: number,
  into: Buffer,
  throttle: Throttle,
): Promise<Filled> {
  let end = into.length;
  let atOnce = !throttle.limited;
  const piece = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to && at < end; ) {
      if (throttle.limited) await throttle.take(to - at);
      if (at > from) atOnce = false;
      const reply = await session.requestInto(
        into.subarray(at, to),
        packetType.read,
        handle,
        uint64(start + at),
        to - at,
      );
      if (reply.type === packetType.status) {
        const code = codeOf(reply);
        if (code !== statusCode.endOfFile) throw problemOf(code, 'read');
        end = Math.min(end, at);
        return;
      }
      if (reply.type !== packetType.data || reply.body.length === 0) throw nonsense();
      at += reply.body.length;
    }
  };
  const { readBytes } = session.limits;
  const pieces: Promise<void>[] = [];
  for (let at = 0; at < into.length; at += readBytes)
    pieces.push(piece(at, Math.min(at + readBytes, into.length)));
  await allSettled(pieces);
  return { bytes: end, atOnce };
}

/**
 * Every write is under way at once, in order; resolves when the server has taken all of them. Where nothing was written
 * before (`fresh`), pieces of zeros but the last are left out: a sparse file stays one.
 */
export async function writeFrom(
  session: SftpSession,
  handle: Buffer,
  start: number,
  content: Buffer,
  fresh: boolean,
): Promise<void> {
  const { writeBytes } = session.limits;
  const pieces: Promise<void>[] = [];
  for (let at = 0; at < content.length; at += writeBytes) {
    const piece = content.subarray(at, at + writeBytes);
    if (fresh && at + writeBytes < content.length && piece.equals(zeros.subarray(0, writeBytes))) continue;
    const sent = session.request(packetType.write, handle, uint64(start + at), piece.length, piece);
    pieces.push(sent.then((reply) => expectOk(reply, 'write')));
  }
  await allSettled(pieces);
}

/** The first failure, but only when nothing is under way any more. */
export async function allSettled(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
