import type { Attributes, FileKind, SettableAttributes } from '../file-tree.ts';
import { type PacketReader, uint32 } from './packet.ts';

const hasSize = 1;
const hasOwner = 2;
const hasPermissions = 4;
const hasTimes = 8;
const hasExtended = 0x8000_0000;

/** Undefined where the server left out what we need: it is asked again with lstat. */
export function readAttributes(reader: PacketReader): Attributes | undefined {
  const flags = reader.uint32();
  const size = flags & hasSize ? reader.uint64() : undefined;
  const owner = flags & hasOwner ? { user: reader.uint32(), group: reader.uint32() } : undefined;
  const permissions = flags & hasPermissions ? reader.uint32() : undefined;
  let mtime: number | undefined;
  if (flags & hasTimes) {
    reader.uint32();
    mtime = timeOf(reader.uint32());
  }
  if (flags & hasExtended) {
    for (let count = reader.uint32(); count > 0; count -= 1) {
      reader.string();
      reader.string();
    }
  }
  if (permissions === undefined || mtime === undefined) return undefined;
  const kind = kindOf(permissions);
  if (size === undefined && kind === 'file') return undefined;
  return { kind, size: size ?? 0, mode: permissions & 0o7777, mtime, ...(owner && { owner }) };
}

/**
 * Servers send their seconds as 32 bits without a sign: one from before 1970 arrives as one from 2100 on. Neither SFTP nor FTP
 * can set it, so that it is taken for the earliest that they can.
 */
export function timeOf(seconds: number): number {
  return seconds < 0 || seconds >= year2100 ? 0 : seconds;
}

const year2100 = Date.UTC(2100) / 1000;

export function writeAttributes({ mode, mtime, owner }: SettableAttributes): Buffer {
  return Buffer.concat([
    uint32(hasPermissions | hasTimes | (owner ? hasOwner : 0)),
    ...(owner ? [uint32(owner.user), uint32(owner.group)] : []),
    uint32(mode & 0o7777),
    uint32(mtime),
    uint32(mtime),
  ]);
}

export const noAttributes = uint32(0);

function kindOf(permissions: number): FileKind {
  switch (permissions & 0o170000) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'directory';
    case 0o120000:
      return 'symlink';
    default:
      return 'other';
  }
}
