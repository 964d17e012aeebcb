import { ObjectProblem } from '../../object-problem.ts';
import type { Attributes, Entry } from '../file-tree.ts';
import { readAttributes } from './attributes.ts';
import { nonsense, PacketReader, packetType } from './packet.ts';
import { closeHandle, nameAttributes, openDirectory } from './requests.ts';
import type { Reply, SftpSession } from './session.ts';
import { codeOf, problemOf, statusCode } from './status.ts';

/** As OpenSSH gives 100 entries a reply: what a directory of that many needs, its `.` and `..` and its end, leaves together. */
const askedAtOnce = 3;

/** Several READDIR requests are under way at once, until the end is in sight; entries that lack attributes are asked for one by one. */
export async function* readDirectory(session: SftpSession, path: Buffer): AsyncGenerator<Entry[]> {
  const handle = await openDirectory(session, path);
  try {
    const asked = Array.from({ length: askedAtOnce }, () => askMore(session, handle));
    for (;;) {
      const reply = await asked.shift()!.reply;
      if (reply.type === packetType.status) {
        const code = codeOf(reply);
        for (const { reply } of asked) await reply;
        if (code === statusCode.endOfFile) return;
        throw problemOf(code, 'readdir');
      }
      if (reply.type !== packetType.name) throw nonsense();
      const entries = namesOf(reply.body);
      yield entries.every(isWhole) ? entries : await completeAll(session, path, entries);
      const last = asked.at(-1);
      if (!last) throw nonsense();
      if (!last.isLast) asked.push(askMore(session, handle));
    }
  } finally {
    closeHandle(session, handle).catch(() => undefined);
  }
}

interface AskedMore {
  reply: Promise<Reply>;
  /** It is there, and has no entries. */
  isLast: boolean;
}

function askMore(session: SftpSession, handle: Buffer): AskedMore {
  const asked = { reply: session.request(packetType.readdir, handle), isLast: false };
  asked.reply.then(
    ({ type }) => {
      asked.isLast = type === packetType.status;
    },
    () => undefined,
  );
  return asked;
}

/** Some servers leave attributes out. */
interface Listed {
  name: Buffer;
  attributes: Attributes | undefined;
}

function namesOf(body: Buffer): Listed[] {
  const reader = new PacketReader(body);
  const entries: Listed[] = [];
  for (let count = reader.uint32(); count > 0; count -= 1) {
    const name = Buffer.from(reader.string());
    const longName = reader.string();
    const attributes = readAttributes(reader);
    const hardLinks = attributes?.kind === 'file' ? hardLinksIn(longName) : undefined;
    if (attributes && hardLinks !== undefined) attributes.hardLinks = hardLinks;
    if (!isDots(name)) entries.push({ name, attributes });
  }
  return entries;
}

/** The long name is what `ls -l` would print, on servers that have links at all: `-rw-r--r-- 2 owner group …`. */
export function hardLinksIn(longName: Buffer): number | undefined {
  const found = /^-[-rwxsStT]{9}[+.@]? +(\d{1,6}) /.exec(longName.toString('latin1', 0, 40));
  return found ? Number(found[1]) : undefined;
}

function isWhole(entry: Listed): entry is Entry {
  return entry.attributes !== undefined;
}

async function completeAll(
  session: SftpSession,
  directory: Buffer,
  entries: readonly Listed[],
): Promise<Entry[]> {
  const whole = await Promise.all(entries.map((entry) => complete(session, directory, entry)));
  return whole.filter((entry) => entry !== undefined);
}

async function complete(
  session: SftpSession,
  directory: Buffer,
  { name, attributes }: Listed,
): Promise<Entry | undefined> {
  if (attributes) return { name, attributes };
  // A name that no path can hold is not sent back to the server; the walk refuses it anyway.
  if (name.length === 0 || name.includes(0) || name.includes(0x2f)) {
    return { name, attributes: unknown };
  }
  try {
    const path = Buffer.concat([directory, Buffer.from('/'), name]);
    return { name, attributes: await nameAttributes(session, path) };
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    // What has gone meanwhile is none; what the server will not describe is there all the same, and is told.
    return error.reason === 'missing' ? undefined : { name, attributes: unknown };
  }
}

const unknown: Attributes = { kind: 'other', size: 0, mode: 0, mtime: 0 };

function isDots(name: Buffer): boolean {
  return (
    (name.length === 1 && name[0] === 0x2e) || (name.length === 2 && name[0] === 0x2e && name[1] === 0x2e)
  );
}
