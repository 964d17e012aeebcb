import type { WantedFile } from '../file-tree.ts';
import { nameList } from './names.ts';
import type { StandingShells } from './standing-shells.ts';

/** What any server hashes a second; it says nothing while it does. */
const slowestHash = 20_000_000;
const longestLine = 20_000;
/** Bytes of a line besides a name, in which backslashes are doubled. */
const besidesName = 128;

/** SHA-256 of files as they are on the server; undefined where it did not give one. Throws as StandingShells.run. */
export async function hashFiles(
  shells: StandingShells,
  files: readonly WantedFile[],
): Promise<(string | undefined)[]> {
  const hashes = new Map<string, string>();
  let rest = Buffer.alloc(0);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const names = nameList(files.map(({ path }) => path));
  await shells.run({
    verb: 'hash',
    input: [names],
    bytes: names.length,
    output: (piece) => {
      const lines = Buffer.concat([rest, piece]);
      let start = 0;
      for (let end = lines.indexOf(0x0a); end >= 0; end = lines.indexOf(0x0a, start)) {
        const read = readLine(lines.toString('latin1', start, end));
        if (read) hashes.set(read.name, read.hash);
        start = end + 1;
      }
      rest = lines.subarray(start, start + longestLine);
    },
    most: files.reduce((sum, { path }) => sum + 2 * path.length + besidesName, 0),
    stall: 30_000 + (bytes / slowestHash) * 1000,
  });
  return files.map(({ path }) => hashes.get(path.toString('latin1')));
}

/** `<hash> *./<name>`; a backslash before it says that backslashes in the name are doubled. */
function readLine(line: string): { name: string; hash: string } | undefined {
  const [, escaped, hash, name] = /^(\\?)([0-9a-f]{64}) [ *]\.\/(.+)$/s.exec(line) ?? [];
  if (hash === undefined || name === undefined) return undefined;
  return { hash, name: escaped ? name.replaceAll('\\\\', '\\') : name };
}
