import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { TerminalError } from '../../../case/errors.ts';
import { checkRelative } from '../../names.ts';
import { ObjectProblem } from '../../object-problem.ts';
import type { Throttle } from '../../throttle.ts';
import type {
  Attributes,
  Entry,
  FileTree,
  NewFile,
  Reading,
  SettableAttributes,
  WantedFile,
  WriteOptions,
} from '../file-tree.ts';
import { OneByOne } from '../one-by-one.ts';
import { writeAttributes } from './attributes.ts';
import { allSettled, readInto, writeFrom } from './content.ts';
import { readDirectory } from './directory.ts';
import { findHabits, type Habits } from './habits.ts';
import { packetType, string } from './packet.ts';
import {
  change,
  closeHandle,
  handleAttributes,
  isLink,
  linkTarget,
  nameAttributes,
  openFile,
  openFlags,
  pathAttributes,
  resolvePath,
  setHandleAttributes,
} from './requests.ts';
import type { SftpSession } from './session.ts';
import { Sessions } from './sessions.ts';
import { Slab } from './slab.ts';

/** For fewer the session that there is will do. */
const manyFiles = 8;

/** Milliseconds. */
const longestGoodbye = 1000;

const posixRename = 'posix-rename@openssh.com';

/** A tree on an SFTP server; `root` is absolute. */
export class SftpTree extends OneByOne implements FileTree {
  readonly rootNames: readonly Buffer[];
  /** As OpenSSH prints it: shown to staff at the first contact, and pinned. */
  readonly hostKey: string;
  readonly #client: Client;
  readonly #closed: Promise<unknown>;
  readonly #sessions: Sessions;
  readonly #root: Buffer;
  readonly #throttle: Throttle;
  readonly #slab = new Slab();
  #habits: Promise<Habits> | undefined;

  private constructor(of: SftpTreeParts, rootNames: readonly Buffer[]) {
    super();
    this.rootNames = rootNames;
    this.hostKey = of.hostKey;
    this.#client = of.client;
    this.#closed = new Promise<void>((resolve) => {
      of.client.once('close', () => resolve());
    });
    this.#sessions = new Sessions(of.client, of.session);
    this.#throttle = of.throttle;
    this.#root = rootNames[0]!;
  }

  /** Throws TerminalError when there is no such directory. */
  static async begin(of: SftpTreeParts): Promise<SftpTree> {
    try {
      const [real, { kind }] = await Promise.all([
        resolvePath(of.session, of.root),
        pathAttributes(of.session, of.root, true),
      ]);
      if (kind === 'directory') {
        const names = of.root[0] === 0x2f ? [real, withoutSlash(of.root)] : [real];
        return new SftpTree(of, names);
      }
    } catch (error) {
      if (!(error instanceof ObjectProblem)) throw error;
    }
    throw new TerminalError(
      '指定のフォルダがサーバーにないか、開けません。何も変更していません。フォルダの指定をご確認ください。',
    );
  }

  async *list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    yield* readDirectory(this.#sessions.pick(), this.#absolute(directory));
  }

  inspect(path: Buffer, follow = false): Promise<Attributes> {
    const absolute = this.#absolute(path);
    return follow
      ? pathAttributes(this.#sessions.pick(), absolute, true)
      : nameAttributes(this.#sessions.pick(), absolute);
  }

  override readMany(files: readonly WantedFile[]): Promise<(Reading | ObjectProblem)[]> {
    if (files.length >= manyFiles) this.#sessions.widen();
    return super.readMany(files);
  }

  override writeMany(files: readonly NewFile[]): Promise<(ObjectProblem | undefined)[]> {
    if (files.length >= manyFiles) this.#sessions.widen();
    return super.writeMany(files);
  }

  async read(path: Buffer, start: number, length: number): Promise<Reading> {
    const session = this.#sessions.pick();
    const handle = await openFile(session, this.#absolute(path), openFlags.read);
    try {
      const content = this.#slab.take(length);
      // In one burst: requests on one file are answered in order (draft 02, section 3).
      const before = handleAttributes(session, handle);
      const filled = readInto(session, handle, start, content, this.#throttle);
      const behind = handleAttributes(session, handle);
      await allSettled([before, filled, behind]);
      const { bytes, atOnce } = await filled;
      const after = atOnce ? await behind : await handleAttributes(session, handle);
      return { before: await before, content: content.subarray(0, bytes), after };
    } finally {
      closeHandle(session, handle).catch(() => undefined);
    }
  }

  async write(
    path: Buffer,
    start: number,
    content: Buffer,
    { create, fresh = create, attributes }: WriteOptions,
  ): Promise<void> {
    const session = this.#sessions.pick();
    const flags = openFlags.write | (create ? openFlags.create | openFlags.exclusive : 0);
    const handle = await openFile(session, this.#absolute(path), flags);
    const written = writeFrom(session, handle, start, content, fresh);
    const set = attributes ? setHandleAttributes(session, handle, attributes) : undefined;
    const closed = closeHandle(session, handle);
    const [write, close, attribute] = await Promise.allSettled([written, closed, set]);
    for (const result of [write, close]) {
      if (result.status === 'rejected') throw asFull(result.reason);
    }
    // Some servers cannot set attributes of an open file.
    if (attribute.status === 'rejected') await this.setAttributes(path, attributes!);
  }

  async rename(from: Buffer, to: Buffer): Promise<void> {
    const paths = [string(this.#absolute(from)), string(this.#absolute(to))];
    const { follows } = await this.#findHabits();
    if (follows && (await isLink(this.#sessions.pick(), this.#absolute(to)))) await this.remove(to);
    if (this.#sessions.first.extensions.has(posixRename)) {
      return change(this.#sessions.pick(), packetType.extended, string(posixRename), ...paths);
    }
    try {
      return await change(this.#sessions.pick(), packetType.rename, ...paths);
    } catch (error) {
      if (!(error instanceof ObjectProblem) || error.reason === 'missing') throw error;
    }
    if ((await this.inspect(to)).kind === 'directory') throw new ObjectProblem('failed', 'rename');
    await this.remove(to);
    await change(this.#sessions.pick(), packetType.rename, ...paths);
  }

  makeDirectory(path: Buffer): Promise<void> {
    const attributes = Buffer.alloc(4);
    return change(this.#sessions.pick(), packetType.mkdir, string(this.#absolute(path)), attributes);
  }

  async makeLink(path: Buffer, target: Buffer): Promise<void> {
    const names = [string(this.#absolute(path)), string(target)];
    const { linkFirst } = await this.#findHabits();
    await change(this.#sessions.pick(), packetType.symlink, ...(linkFirst ? names : names.reverse()));
  }

  readLink(path: Buffer): Promise<Buffer> {
    return linkTarget(this.#sessions.pick(), this.#absolute(path));
  }

  setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void> {
    return change(
      this.#sessions.pick(),
      packetType.setstat,
      string(this.#absolute(path)),
      writeAttributes(attributes),
    );
  }

  remove(path: Buffer): Promise<void> {
    return change(this.#sessions.pick(), packetType.remove, string(this.#absolute(path)));
  }

  /** Waits a moment until the server has let go too: whoever connects next is then within its bound. */
  async close(): Promise<void> {
    this.#client.end();
    await Promise.race([this.#closed, wait(longestGoodbye, undefined, { ref: false })]);
  }

  #findHabits(): Promise<Habits> {
    this.#habits ??= findHabits(this.#sessions.first, this.#root);
    return this.#habits;
  }

  #absolute(path: Buffer): Buffer {
    checkRelative(path);
    if (path.length === 0) return this.#root;
    return Buffer.concat([this.#root, Buffer.from(this.#root.length > 1 ? '/' : ''), path]);
  }
}

export interface SftpTreeParts {
  client: Client;
  session: SftpSession;
  /** Absolute, or relative to the log-in. */
  root: Buffer;
  hostKey: string;
  throttle: Throttle;
}

function asFull(error: unknown): unknown {
  return error instanceof ObjectProblem && error.reason === 'failed'
    ? new ObjectProblem('full', 'write')
    : error;
}

function withoutSlash(path: Buffer): Buffer {
  let end = path.length;
  while (end > 1 && path[end - 1] === 0x2f) end -= 1;
  return path.subarray(0, end);
}
