import type { NewFile } from '../file-tree.ts';
import { enterRoot, posix, rootLine } from './names.ts';
import { CommandFailed, type Shell } from './shell.ts';
import { endOfArchive, fileHeader, paddingAfter } from './tar-header.ts';

/**
 * The second line is a file that must be there: made by SFTP, it proves that the shell sees the same tree. What exists
 * already is never written over, and no owner is set.
 */
const command = posix(
  `${enterRoot} && IFS= read -r proof && test -e "./$proof" && exec tar -x -f - -b 128 -p --no-same-owner --keep-old-files`,
);

const pieceBytes = 256 * 1024;
/** It has nothing to say. */
const mostAnswer = 64 * 1024;

/**
 * New files as one tar stream, with modes and times. Throws CommandFailed when not every one of them stands there whole,
 * or TransientError.
 */
export async function writeArchive(
  shell: Shell,
  root: Buffer,
  files: readonly NewFile[],
  proof: Buffer,
): Promise<void> {
  const code = await shell.run({
    text: command,
    most: mostAnswer,
    input: inPieces(archive(Buffer.concat([rootLine(root), rootLine(proof)]), files)),
  });
  if (code !== 0) throw new CommandFailed('tar');
}

function* archive(head: Buffer, files: readonly NewFile[]): Generator<Buffer> {
  yield head;
  for (const { path, content, attributes } of files) {
    const { mode, mtime } = attributes;
    yield fileHeader(Buffer.concat([Buffer.from('./'), path]), { size: content.length, mode, mtime });
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
