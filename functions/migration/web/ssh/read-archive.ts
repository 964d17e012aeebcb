import type { Throttle } from '../../throttle.ts';
import type { Attributes, WantedFile } from '../file-tree.ts';
import { timeOf } from '../sftp/attributes.ts';
import { isTaken } from '../sftp/taken-packet.ts';
import { nameList } from './names.ts';
import { CommandFailed } from './shell.ts';
import type { StandingShells } from './standing-shells.ts';
import { TarProblem } from './tar-problem.ts';
import { type TarEntry, TarReader } from './tar-reader.ts';

/** Bytes that files may have grown by since they were listed; of one that has grown more SFTP reads what was asked for. */
const mostGrowth = 8 * 1024 * 1024;
/** Bytes of an entry's header, a long name and the padding, at most; those that end an archive besides. */
const besidesContent = 64 * 1024;

/** What came for one file. */
export interface Archived {
  attributes: Attributes;
  content: Buffer;
}

/**
 * Files as one tar stream. Where nothing came (missing, unreadable, not a file), undefined. `sound`: nothing changed
 * while it was read; GNU tar compares each file's ctime and size before and after (src/create.c, dump_file0). Throws
 * CommandFailed, TarProblem or TransientError. Memory: the contents.
 */
export async function readArchive(
  shells: StandingShells,
  files: readonly WantedFile[],
  throttle: Throttle,
  given?: Buffer,
): Promise<{ archived: (Archived | undefined)[]; sound: boolean }> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const room = given && given.length >= bytes ? given : Buffer.allocUnsafeSlow(bytes);
  const archived: (Archived | undefined)[] = files.map(() => undefined);
  let next = 0;
  let used = 0;
  const place = (entry: TarEntry) => {
    const index = indexOf(entry.name, files, next);
    for (; next < index; next += 1) used += files[next]!.size;
    next = index + 1;
    const { size } = files[index]!;
    const content = room.subarray(used, used + Math.min(size, entry.size));
    used += size;
    if (!entry.isFile) return undefined;
    const attributes: Attributes = {
      kind: 'file',
      size: entry.size,
      mode: entry.mode,
      mtime: timeOf(entry.mtime),
    };
    archived[index] = { attributes, content };
    return content;
  };
  const reader = new TarReader(place);
  const names = nameList(files.map(({ path }) => path));
  const code = await shells.run({
    verb: 'read',
    input: [names],
    bytes: names.length,
    most: bytes + mostGrowth + files.length * besidesContent,
    output: (piece) => {
      reader.push(piece);
      isTaken(piece);
      if (throttle.limited) return throttle.take(piece.length);
    },
  });
  // 1: something changed or vanished, 2: something could not be read; all else came whole.
  if (code > 2) throw new CommandFailed('tar');
  reader.end();
  return { archived, sound: code === 0 };
}

/** They come in the order in which they were asked for; a name that was not is an attack. */
function indexOf(name: Buffer, files: readonly WantedFile[], from: number): number {
  const path = name.subarray(2);
  if (name[0] === 0x2e && name[1] === 0x2f) {
    for (let index = from; index < files.length; index += 1) {
      if (files[index]!.path.equals(path)) return index;
    }
  }
  throw new TarProblem('name');
}
