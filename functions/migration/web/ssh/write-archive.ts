import type { NewFile } from '../file-tree.ts';
import { CommandFailed } from './shell.ts';
import type { StandingShells } from './standing-shells.ts';
import { endOfArchive, entryBytes, fileHeader, paddingAfter } from './tar-header.ts';

const pieceBytes = 256 * 1024;
/** It has nothing to say. */
const mostAnswer = 64 * 1024;

/**
 * New files as one tar stream, with modes and times; `proof` as a Batch has it. Throws CommandFailed when not every one of
 * them stands there whole, or TransientError.
 */
export async function writeArchive(
  shells: StandingShells,
  files: readonly NewFile[],
  proof: Buffer,
): Promise<void> {
  const bytes = files.reduce(
    (sum, { path, content }) => sum + entryBytes(here.length + path.length, content.length),
    endOfArchive.length,
  );
  const input = inPieces(archive(files));
  const code = await shells.run({ verb: 'write', input, bytes, proof, most: mostAnswer });
  if (code !== 0) throw new CommandFailed('tar');
}

const here = Buffer.from('./');

function* archive(files: readonly NewFile[]): Generator<Buffer> {
  for (const { path, content, attributes } of files) {
    const { mode, mtime } = attributes;
    yield fileHeader(Buffer.concat([here, path]), { size: content.length, mode, mtime });
    yield content;
    yield Buffer.alloc(paddingAfter(content.length));
  }
  yield endOfArchive;
}

/** Many small writes would be as many packets. The same memory each time. */
function* inPieces(parts: Iterable<Buffer>): Generator<Buffer> {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  let filled = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const copied = part.copy(piece, filled, at);
      at += copied;
      filled += copied;
      if (filled < pieceBytes) continue;
      yield piece;
      filled = 0;
    }
  }
  yield piece.subarray(0, filled);
}
