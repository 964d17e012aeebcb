import { ObjectProblem } from '../../object-problem.ts';
import type { Attributes, SettableAttributes } from '../file-tree.ts';
import { noAttributes, readAttributes, writeAttributes } from './attributes.ts';
import { nonsense, type PacketReader, packetType, string } from './packet.ts';
import type { Reply, SftpSession } from './session.ts';
import { expectOk, expectType } from './status.ts';

/** One function a request of the protocol; names and paths are bytes and absolute. */

export const openFlags = { read: 1, write: 2, create: 8, exclusive: 32 } as const;

export async function openFile(session: SftpSession, path: Buffer, flags: number): Promise<Buffer> {
  const reply = await session.request(packetType.open, string(path), flags, noAttributes);
  return string(expectType(reply, packetType.handle, 'open').string());
}

export async function openDirectory(session: SftpSession, path: Buffer): Promise<Buffer> {
  const reply = await session.request(packetType.opendir, string(path));
  return string(expectType(reply, packetType.handle, 'opendir').string());
}

/** `handle` as openFile gave it, here and below. */
export async function closeHandle(session: SftpSession, handle: Buffer): Promise<void> {
  expectOk(await session.request(packetType.close, handle), 'close');
}

export async function handleAttributes(session: SftpSession, handle: Buffer): Promise<Attributes> {
  return attributesOf(await session.request(packetType.fstat, handle));
}

export async function setHandleAttributes(
  session: SftpSession,
  handle: Buffer,
  attributes: SettableAttributes,
): Promise<void> {
  expectOk(await session.request(packetType.fsetstat, handle, writeAttributes(attributes)), 'fsetstat');
}

export async function pathAttributes(
  session: SftpSession,
  path: Buffer,
  follow: boolean,
): Promise<Attributes> {
  return attributesOf(await session.request(follow ? packetType.stat : packetType.lstat, string(path)));
}

/**
 * Of the name itself, link or not. Some servers (ProFTPD 1.3.8) follow a link in LSTAT where it leads to something; that
 * READLINK has an answer tells it all the same. Both are asked at once, but not of OpenSSH, which follows none.
 */
export async function nameAttributes(session: SftpSession, path: Buffer): Promise<Attributes> {
  if (session.isOpenSsh) return pathAttributes(session, path, false);
  const link = isLink(session, path);
  link.catch(() => undefined);
  const attributes = await pathAttributes(session, path, false);
  return (await link) ? { ...attributes, kind: 'symlink' } : attributes;
}

export async function isLink(session: SftpSession, path: Buffer): Promise<boolean> {
  const reply = await session.request(packetType.readlink, string(path));
  return reply.type === packetType.name;
}

/** For requests that name one or two paths, or attributes, and are answered by a status. */
export async function change(
  session: SftpSession,
  type: number,
  ...fields: readonly Buffer[]
): Promise<void> {
  expectOk(await session.request(type, ...fields), 'change');
}

export async function resolvePath(session: SftpSession, path: Buffer): Promise<Buffer> {
  return onlyName(await session.request(packetType.realpath, string(path)), 'realpath');
}

export async function linkTarget(session: SftpSession, path: Buffer): Promise<Buffer> {
  return onlyName(await session.request(packetType.readlink, string(path)), 'readlink');
}

function onlyName(reply: Reply, what: string): Buffer {
  const reader: PacketReader = expectType(reply, packetType.name, what);
  if (reader.uint32() !== 1) throw nonsense();
  return Buffer.from(reader.string());
}

function attributesOf(reply: Reply): Attributes {
  const attributes = readAttributes(expectType(reply, packetType.attributes, 'stat'));
  if (!attributes) throw new ObjectProblem('failed', 'stat');
  return attributes;
}
