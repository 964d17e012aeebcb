import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
const entriesAtOnce = 100;
const longestRead = 256 * 1024;

interface Handle {
  file?: number;
  /** Entries of a directory that were not yet asked for. */
  entries?: { filename: string; longname: string; attrs: Attributes }[];
}

/**
 * Answers one SFTP session (version 3) from a real directory. Every request is done before the next is looked at, so
 * that requests on one file keep their order. Paths are absolute, as on any server; what is not below the folder is denied.
 */
export function serveFolder(sftp: SFTPWrapper, folder: string, readOnly: boolean): void {
  const handles = new Map<string, Handle>();
  let opened = 0;

  const inside = (path: string): string => {
    const absolute = resolve(folder, isAbsolute(path) ? path : join(folder, path));
    if (absolute !== folder && !absolute.startsWith(folder + sep)) throw denied();
    return absolute;
  };
  const changeable = (path: string): string => {
    if (readOnly) throw denied();
    return inside(path);
  };
  const handleOf = (handle: Buffer): Handle => {
    const found = handles.get(handle.toString('hex'));
    if (!found) throw new Error('no such handle');
    return found;
  };
  const fileOf = (handle: Buffer): number => {
    const { file } = handleOf(handle);
    if (file === undefined) throw new Error('not a file');
    return file;
  };
  const give = (id: number, handle: Handle): void => {
    opened += 1;
    const name = Buffer.alloc(4);
    name.writeUInt32BE(opened);
    handles.set(name.toString('hex'), handle);
    sftp.handle(id, name);
  };
  /** What `work` throws is the answer; a request that `work` answers itself is not answered twice. */
  const answer = (id: number, work: () => void): void => {
    try {
      work();
    } catch (error) {
      sftp.status(id, codeOf(error));
    }
  };
  const done = (id: number, work: () => void): void =>
    answer(id, () => {
      work();
      sftp.status(id, STATUS_CODE.OK);
    });

  sftp.on('OPEN', (id, path, flags) =>
    answer(id, () => {
      const writing = (flags & OPEN_MODE.WRITE) !== 0;
      give(id, { file: openSync(writing ? changeable(path) : inside(path), openFlags(flags), 0o644) });
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, () => {
      const into = Buffer.alloc(Math.min(length, longestRead));
      const count = readSync(fileOf(handle), into, 0, into.length, offset);
      if (count === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, into.subarray(0, count));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    done(id, () => {
      for (let at = 0; at < data.length; )
        at += writeSync(fileOf(handle), data, at, data.length - at, offset + at);
    }),
  );
  sftp.on('CLOSE', (id, handle) =>
    done(id, () => {
      const { file } = handleOf(handle);
      handles.delete(handle.toString('hex'));
      if (file !== undefined) closeSync(file);
    }),
  );
  sftp.on('OPENDIR', (id, path) =>
    answer(id, () => {
      const directory = inside(path);
      const entries = readdirSync(directory).map((filename) => ({
        filename,
        longname: filename,
        attrs: attributesOf(lstatSync(join(directory, filename))),
      }));
      give(id, { entries });
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    answer(id, () => {
      const next = handleOf(handle).entries?.splice(0, entriesAtOnce) ?? [];
      if (next.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.name(id, next);
    }),
  );
  sftp.on('LSTAT', (id, path) => answer(id, () => sftp.attrs(id, attributesOf(lstatSync(inside(path))))));
  sftp.on('STAT', (id, path) =>
    answer(id, () => sftp.attrs(id, attributesOf(statSync(inside(realpathSync(inside(path))))))),
  );
  sftp.on('FSTAT', (id, handle) => answer(id, () => sftp.attrs(id, attributesOf(fstatSync(fileOf(handle))))));
  sftp.on('SETSTAT', (id, path, { mode, atime, mtime }) =>
    done(id, () => {
      if (mode !== undefined) chmodSync(changeable(path), mode & 0o7777);
      if (mtime !== undefined) utimesSync(changeable(path), atime ?? mtime, mtime);
    }),
  );
  sftp.on('FSETSTAT', (id, handle, { mode, atime, mtime }) =>
    done(id, () => {
      if (readOnly) throw denied();
      if (mode !== undefined) fchmodSync(fileOf(handle), mode & 0o7777);
      if (mtime !== undefined) futimesSync(fileOf(handle), atime ?? mtime, mtime);
    }),
  );
  sftp.on('MKDIR', (id, path) => done(id, () => mkdirSync(changeable(path))));
  sftp.on('REMOVE', (id, path) => done(id, () => unlinkSync(changeable(path))));
  sftp.on('RENAME', (id, from, to) =>
    done(id, () => {
      // Version 3 does not replace what is there.
      if (lstatSync(changeable(to), { throwIfNoEntry: false })) throw new Error('it is there already');
      renameSync(changeable(from), changeable(to));
    }),
  );
  sftp.on('SYMLINK', (id, path, target) => done(id, () => symlinkSync(target, changeable(path))));
  const nameOnly = (id: number, filename: string) =>
    sftp.name(id, [{ filename, longname: filename, attrs: {} as Attributes }]);
  sftp.on('READLINK', (id, path) => answer(id, () => nameOnly(id, readlinkSync(inside(path)))));
  sftp.on('REALPATH', (id, path) => answer(id, () => nameOnly(id, inside(path))));
  sftp.once('close', () => {
    for (const { file } of handles.values()) if (file !== undefined) closeSync(file);
    handles.clear();
  });
}

function openFlags(flags: number): number {
  const write = (flags & OPEN_MODE.WRITE) !== 0;
  const access = write ? ((flags & OPEN_MODE.READ) !== 0 ? constants.O_RDWR : constants.O_WRONLY) : 0;
  return (
    access |
    // A link in a file's place is not written through.
    (write ? constants.O_NOFOLLOW : 0) |
    ((flags & OPEN_MODE.CREAT) !== 0 ? constants.O_CREAT : 0) |
    ((flags & OPEN_MODE.EXCL) !== 0 ? constants.O_EXCL : 0) |
    ((flags & OPEN_MODE.TRUNC) !== 0 ? constants.O_TRUNC : 0)
  );
}

function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats): Attributes {
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) };
}

function denied(): Error {
  return Object.assign(new Error('denied'), { code: 'EACCES' });
}

function codeOf(error: unknown): number {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return STATUS_CODE.NO_SUCH_FILE;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return STATUS_CODE.PERMISSION_DENIED;
    default:
      return STATUS_CODE.FAILURE;
  }
}
