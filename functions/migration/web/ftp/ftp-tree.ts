import { ObjectProblem } from '../../object-problem.ts';
import { parentOf } from '../../position.ts';
import type {
  Attributes,
  Entry,
  FileTree,
  Reading,
  SettableAttributes,
  WantedFile,
  WriteOptions,
} from '../file-tree.ts';
import { each, OneByOne } from '../one-by-one.ts';
import { remove, rename } from './change-names.ts';
import type { Directories } from './directories.ts';
import { inspect } from './inspect.ts';
import { listDirectory } from './list-directory.ts';
import { OpenDownloads } from './open-downloads.ts';
import { OpenUploads } from './open-uploads.ts';
import { usualMode } from './parse-facts.ts';
import { readFile } from './read-file.ts';
import { readSeen } from './read-seen.ts';
import { remarksOn } from './remarks.ts';
import { isDone, problemOf } from './reply.ts';
import { absolute, type Server } from './server.ts';
import { setAttributes } from './set-attributes.ts';
import { canRestart } from './traits.ts';
import { writeFile } from './write-file.ts';

/** A tree on an FTP server. */
export class FtpTree extends OneByOne implements FileTree {
  readonly rootNames: readonly Buffer[];
  /** Of the certificate: `verified`, or its fingerprint; absent on plain FTP. Pinned like an SSH host key. */
  declare readonly hostKey?: string;
  readonly #server: Server;
  readonly #directories: Directories;
  readonly #uploads: OpenUploads;
  readonly #downloads: OpenDownloads;

  constructor(
    server: Server,
    directories: Directories,
    names: readonly Buffer[],
    hostKey: string | undefined,
  ) {
    super();
    this.#server = server;
    this.#directories = directories;
    this.#uploads = new OpenUploads(server);
    this.#downloads = new OpenDownloads(server);
    this.rootNames = names;
    if (hostKey !== undefined) this.hostKey = hostKey;
  }

  /** What this server cannot keep or tell, and that plain FTP is readable on the way; in words for staff. */
  remarks(): string[] {
    return remarksOn(this.#server.traits, this.hostKey !== undefined);
  }

  /** A file can be written in more than one transfer. */
  get canContinueFiles(): boolean {
    return this.#server.traits.append;
  }

  list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    return listDirectory(this.#server, this.#directories, directory);
  }

  async inspect(path: Buffer, follow = false): Promise<Attributes> {
    await this.#settled(path);
    return inspect(this.#server, this.#directories, path, follow);
  }

  async read(path: Buffer, start: number, length: number): Promise<Reading> {
    const at = await this.#settled(path);
    const { pool, traits } = this.#server;
    const listed = traits.mlst ? undefined : (await this.#directories.find(path))?.attributes;
    if (start > 0 && !(await canRestart(pool, traits))) {
      return this.#downloads.read(at, start, length, listed);
    }
    return readFile(this.#server, at, start, length, listed);
  }

  override readMany(files: readonly WantedFile[]): Promise<(Reading | ObjectProblem)[]> {
    return each(files, async (file) => {
      const seen = await readSeen(this.#server, await this.#settled(file.path), file);
      return seen ?? this.read(file.path, 0, file.size);
    });
  }

  async write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    const at = absolute(this.#server, path);
    const free = options.create && (await this.#directories.isFree(path));
    // A link that leads nowhere would have its aim made.
    if (options.create && !free && (await this.#isLink(path))) throw new ObjectProblem('failed', 'write');
    await writeFile(this.#server, this.#uploads, { path: at, start, content, free, ...options });
    const { mode, mtime } = options.attributes ?? { mode: usualMode('file'), mtime: now() };
    await this.#directories.note(path, { kind: 'file', size: start + content.length, mode, mtime });
  }

  async rename(from: Buffer, to: Buffer): Promise<void> {
    await this.#settled(from);
    await this.#settled(to);
    await rename(this.#server, this.#directories, from, to);
  }

  async makeDirectory(path: Buffer): Promise<void> {
    const at = absolute(this.#server, path);
    const [reply] = await this.#server.pool.ask(`MKD ${at}`);
    if (!isDone(reply)) {
      this.#directories.forget(parentOf(path));
      const problem = problemOf(reply, at, 'makeDirectory', 'failed');
      // `550 Create directory operation failed.`
      if ((problem as ObjectProblem).reason === 'failed') await this.inspect(parentOf(path));
      throw problem;
    }
    await this.#directories.note(path, { kind: 'directory', size: 0, mode: 0o755, mtime: now() });
    await this.#directories.noteEmpty(path);
  }

  /**
   * FTP has no command for it. ProFTPD's `SITE SYMLINK` takes only what is there already and writes the absolute path as
   * the log-in sees it: after a chroot the web server would find nothing there. A link left out is told in the ledger.
   */
  async makeLink(path: Buffer, _target: Buffer): Promise<void> {
    absolute(this.#server, path);
    throw new ObjectProblem('unsupported', 'makeLink');
  }

  async readLink(path: Buffer): Promise<Buffer> {
    const listed = await this.#directories.find(path);
    if (listed?.target !== undefined) return Buffer.from(listed.target, 'latin1');
    if (!listed) await this.inspect(path);
    throw new ObjectProblem('failed', 'readLink');
  }

  async setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void> {
    const at = await this.#settled(path);
    const { pool, traits } = this.#server;
    const now = await this.inspect(path);
    const ask = pool.ask.bind(pool);
    await setAttributes({ path: at, wanted: attributes, now, isNew: false }, traits, ask, ask);
    await this.#directories.note(path, { ...now, ...attributes });
  }

  async remove(path: Buffer): Promise<void> {
    await this.#settled(path);
    await remove(this.#server, this.#directories, path);
  }

  async close(): Promise<void> {
    this.#server.pool.close();
  }

  /** The path as the server is told, with nothing of ours still on its way to it. */
  async #settled(path: Buffer): Promise<string> {
    const at = absolute(this.#server, path);
    await this.#uploads.finish(at);
    return at;
  }

  async #isLink(path: Buffer): Promise<boolean> {
    return (await this.#directories.find(path))?.attributes.kind === 'symlink';
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
