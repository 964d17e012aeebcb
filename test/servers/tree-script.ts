import { ObjectProblem } from '../../functions/migration/object-problem.ts';
import type { Attributes, Entry, FileTree } from '../../functions/migration/web/file-tree.ts';
import {
  type PacketReader,
  string,
  packetType as type,
  uint32,
  uint64,
} from '../../functions/migration/web/sftp/packet.ts';
import type { Script } from './scripted-sftp.ts';

export interface TreeScriptOptions {
  /** Names in listings come without attributes, as the protocol allows. */
  bareListings?: boolean;
  /** READ answers at most so much. */
  shortReads?: number;
  /** FSETSTAT is not known. */
  withoutSetHandle?: boolean;
}

const kinds = { file: 0o100000, directory: 0o040000, symlink: 0o120000, other: 0o010000 };
const answer = {
  status: (code: number) => ({
    type: type.status,
    body: Buffer.concat([uint32(code), string('?'), string('')]),
  }),
  name: (names: readonly Buffer[]) => ({
    type: type.name,
    body: Buffer.concat([uint32(names.length), ...names]),
  }),
};

/**
 * SFTP v3 by the draft's letter over any tree, under `/tree`: SYMLINK takes the link first, RENAME does not replace,
 * and there are no extensions. What OpenSSH does otherwise is covered by OpenSSH itself.
 */
export function treeScript(tree: FileTree, options: TreeScriptOptions = {}): Script {
  const handles = new Map<string, { path: Buffer; listing?: AsyncIterator<readonly Entry[]> }>();
  let opened = 0;
  const open = (path: Buffer, listing?: AsyncIterator<readonly Entry[]>) => {
    opened += 1;
    handles.set(String(opened), listing ? { path, listing } : { path });
    return { type: type.handle, body: string(String(opened)) };
  };
  const serve = async (kind: number, fields: PacketReader) => {
    const first = fields.string();
    const handle = handles.get(first.toString());
    switch (kind) {
      case type.realpath:
        return answer.name([named(Buffer.concat([Buffer.from('/tree'), relative(first, true)]))]);
      case type.lstat:
      case type.stat:
        return attributes(await tree.inspect(relative(first), kind === type.stat));
      case type.fstat:
        return attributes(await tree.inspect(handle!.path));
      case type.open: {
        const flags = fields.uint32();
        const path = relative(first);
        if (flags & 8) await tree.write(path, 0, Buffer.alloc(0), { create: true });
        else if ((await tree.inspect(path)).kind !== 'file') throw new ObjectProblem('failed', 'open');
        return open(path);
      }
      case type.opendir: {
        const path = relative(first);
        if ((await tree.inspect(path)).kind !== 'directory') throw new ObjectProblem('failed', 'opendir');
        return open(path, tree.list(path)[Symbol.asyncIterator]());
      }
      case type.readdir: {
        const { done, value } = await handle!.listing!.next();
        if (done) return answer.status(1);
        return answer.name(value.map((entry) => listed(entry, options.bareListings === true)));
      }
      case type.close:
        handles.delete(first.toString());
        return answer.status(0);
      case type.read: {
        const start = fields.uint64();
        const length = Math.min(fields.uint32(), options.shortReads ?? 65_536);
        const { content } = await tree.read(handle!.path, start, length);
        return content.length === 0 ? answer.status(1) : { type: type.data, body: string(content) };
      }
      case type.write:
        await tree.write(handle!.path, fields.uint64(), fields.string(), { create: false });
        return answer.status(0);
      case type.fsetstat:
        if (options.withoutSetHandle) return answer.status(8);
        await set(tree, handle!.path, fields);
        return answer.status(0);
      case type.setstat:
        await set(tree, relative(first), fields);
        return answer.status(0);
      case type.mkdir:
        await tree.makeDirectory(relative(first));
        return answer.status(0);
      case type.remove:
        await tree.remove(relative(first));
        return answer.status(0);
      case type.rename: {
        const to = relative(fields.string());
        if (await exists(tree, to)) throw new ObjectProblem('failed', 'rename');
        await tree.rename(relative(first), to);
        return answer.status(0);
      }
      case type.readlink:
        return answer.name([named(await tree.readLink(relative(first)))]);
      case type.symlink:
        await tree.makeLink(relative(first), Buffer.from(fields.string()));
        return answer.status(0);
      default:
        return answer.status(8);
    }
  };
  // One after the other: requests on one file are answered in order.
  let queue: Promise<unknown> = Promise.resolve();
  return (kind, fields) => {
    const served = queue.then(() => serve(kind, fields)).catch((error) => answer.status(codeOf(error)));
    queue = served;
    return served;
  };
}

function codeOf(error: unknown): number {
  if (!(error instanceof ObjectProblem)) throw error;
  return error.reason === 'missing' ? 2 : error.reason === 'denied' ? 3 : 4;
}

function relative(path: Buffer, withSlash = false): Buffer {
  const below = path.toString('latin1').replace(/^\/tree\/?|^\.$/, '');
  return Buffer.from(withSlash && below !== '' ? `/${below}` : below, 'latin1');
}

function fields({ kind, size, mode, mtime }: Attributes): Buffer {
  return Buffer.concat([
    uint32(1 | 4 | 8),
    uint64(size),
    uint32(kinds[kind] | mode),
    uint32(mtime),
    uint32(mtime),
  ]);
}

function attributes(of: Attributes) {
  return { type: type.attributes, body: fields(of) };
}

function listed({ name, attributes: of }: Entry, bare: boolean): Buffer {
  return Buffer.concat([string(name), string('long name'), bare ? uint32(0) : fields(of)]);
}

function named(name: Buffer): Buffer {
  return Buffer.concat([string(name), string(''), uint32(0)]);
}

async function set(tree: FileTree, path: Buffer, reader: PacketReader): Promise<void> {
  reader.uint32();
  const mode = reader.uint32() & 0o7777;
  reader.uint32();
  await tree.setAttributes(path, { mode, mtime: reader.uint32() });
}

async function exists(tree: FileTree, path: Buffer): Promise<boolean> {
  try {
    await tree.inspect(path);
    return true;
  } catch {
    return false;
  }
}
