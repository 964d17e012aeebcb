import { joinPath, parentOf } from '../../position.ts';

const slash = Buffer.from('/');

/**
 * The text of a relative link with each name in it replaced. `step` is given the directory (of the source) that has been
 * reached and the next name, and says what to write for it and what it is called at the source.
 */
export function rewriteLink(
  from: Buffer,
  target: Buffer,
  step: (directory: Buffer, name: Buffer) => { written: Buffer; source: Buffer },
): Buffer {
  const pieces: Buffer[] = [];
  let directory = from;
  for (let start = 0; start <= target.length; ) {
    const found = target.indexOf(0x2f, start);
    const end = found < 0 ? target.length : found;
    const name = target.subarray(start, end);
    const plain = name.length === 0 || name.equals(Buffer.from('.'));
    if (plain || name.equals(Buffer.from('..'))) {
      pieces.push(name);
      if (!plain) directory = parentOf(directory);
    } else {
      const { written, source } = step(directory, name);
      pieces.push(written);
      directory = joinPath(directory, source);
    }
    if (found >= 0) pieces.push(slash);
    start = end + 1;
  }
  return Buffer.concat(pieces);
}
