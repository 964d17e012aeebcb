import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** Throws where the two differ in names, kinds, modes, times or content. */
export function checkSameTree(source: string, target: string): void {
  const names = readdirSync(source).sort();
  if (names.join('\n') !== readdirSync(target).sort().join('\n'))
    throw new Error(`Names differ in ${target}`);
  for (const name of names) {
    const [from, to] = [join(source, name), join(target, name)];
    const [a, b] = [lstatSync(from), lstatSync(to)];
    if (a.mode >> 12 !== b.mode >> 12) throw new Error(`${to} is of another kind`);
    if (a.isDirectory()) checkSameTree(from, to);
    else if (a.isSymbolicLink() ? readlinkSync(from) !== readlinkSync(to) : !sameFile()) {
      throw new Error(`${to} differs`);
    }
    function sameFile(): boolean {
      return (
        a.mode === b.mode &&
        Math.floor(a.mtimeMs / 1000) === Math.floor(b.mtimeMs / 1000) &&
        a.size === b.size &&
        hashOf(from) === hashOf(to)
      );
    }
  }
}

const piece = Buffer.alloc(1024 * 1024);

function hashOf(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  for (let count = 1; count > 0; ) {
    count = readSync(file, piece);
    hash.update(piece.subarray(0, count));
  }
  closeSync(file);
  return hash.digest('hex');
}
