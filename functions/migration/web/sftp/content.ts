import type { Throttle } from '../../throttle.ts';
import { nonsense, packetType, uint32, uint64 } from './packet.ts';
import type { SftpSession } from './session.ts';
import { codeOf, expectOk, expectType, problemOf, statusCode } from './status.ts';

/** What every server takes; most answer at most this much. */
export const pieceBytes = 32 * 1024;
const zeros = Buffer.alloc(pieceBytes);

/**
 * Fills `into` from `start` of the open file with all its requests under way at once (the session caps them), and goes
 * on where the server answered less than asked. Returns how many bytes there were before the end of the file.
 */
export async function readInto(
  session: SftpSession,
  handle: Buffer,
  start: number,
  into: Buffer,
  throttle: Throttle,
): Promise<number> {
  let end = into.length;
  const piece = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to && at < end; ) {
      await throttle.take(to - at);
      const reply = await session.request(packetType.read, handle, uint64(start + at), uint32(to - at));
      if (reply.type === packetType.status) {
        const code = codeOf(reply);
        if (code !== statusCode.endOfFile) throw problemOf(code, 'read');
        end = Math.min(end, at);
        return;
      }
      const data = expectType(reply, packetType.data, 'read').string();
      if (data.length === 0 || data.length > to - at) throw nonsense();
      data.copy(into, at);
      at += data.length;
    }
  };
  const pieces: Promise<void>[] = [];
  for (let at = 0; at < into.length; at += pieceBytes)
    pieces.push(piece(at, Math.min(at + pieceBytes, into.length)));
  await allSettled(pieces);
  return end;
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
  const pieces: Promise<void>[] = [];
  for (let at = 0; at < content.length; at += pieceBytes) {
    const piece = content.subarray(at, at + pieceBytes);
    if (fresh && at + pieceBytes < content.length && piece.equals(zeros)) continue;
    const sent = session.request(packetType.write, handle, uint64(start + at), uint32(piece.length), piece);
    pieces.push(sent.then((reply) => expectOk(reply, 'write')));
  }
  await allSettled(pieces);
}

/** The first failure, but only when nothing is under way any more. */
export async function allSettled(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
