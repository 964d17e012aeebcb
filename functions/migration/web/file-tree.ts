import type { ObjectProblem } from '../object-problem.ts';

/** What a file server is to the engine. Names and paths are bytes: old servers hold CP932 and EUC-JP names. */

export type FileKind = 'file' | 'directory' | 'symlink' | 'other';

export interface Attributes {
  kind: FileKind;
  /** Bytes. */
  size: number;
  /** Permission bits, at most 0o7777. */
  mode: number;
  /** Whole seconds since 1970. */
  mtime: number;
  /** Of a file: how many names it has on its server; absent where a server does not say. */
  hardLinks?: number;
  /** Where the server says it. */
  owner?: Owner;
}

/** The server's own numbers. */
export interface Owner {
  user: number;
  group: number;
}

export interface Entry {
  name: Buffer;
  attributes: Attributes;
}

export interface Reading {
  /** Of the open file, before and after its content was read. */
  before: Attributes;
  after: Attributes;
  /** From `start`, at most `length` bytes; shorter only where the file ends. */
  content: Buffer;
}

/**
 * A directory tree on a server. Paths are relative to its root, without `.`, `..` or empty parts; '' is the root.
 * An operation on one object throws ObjectProblem; trouble with the server is TransientError or TerminalError.
 * One conformance suite (test/migration/file-tree.test.ts) holds every implementation to this.
 */
export interface FileTree {
  /** Absolute names of the root on its server, for links that are absolute. */
  readonly rootNames: readonly Buffer[];
  /** What the protocol does not tell of objects and becomes of it, in words for the run's summary. */
  readonly untold?: string;
  /** In the server's order and without `.` and `..`; links are not followed. Names are unchecked. */
  list(directory: Buffer): AsyncIterable<readonly Entry[]>;
  /** Links are followed only when asked. */
  inspect(path: Buffer, follow?: boolean): Promise<Attributes>;
  read(path: Buffer, start: number, length: number): Promise<Reading>;
  /**
   * Writes `content` at `start`. `create`: the file must not exist yet; otherwise it must. `attributes` are set after
   * the content, so that the time stays.
   */
  write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void>;
  /** Replaces a file or a link at `to`, never a directory. */
  rename(from: Buffer, to: Buffer): Promise<void>;
  makeDirectory(path: Buffer): Promise<void>;
  makeLink(path: Buffer, target: Buffer): Promise<void>;
  readLink(path: Buffer): Promise<Buffer>;
  setAttributes(path: Buffer, attributes: SettableAttributes): Promise<void>;
  /** A file or a link. */
  remove(path: Buffer): Promise<void>;
  /** Batches: in one go where a server can, else one by one (one-by-one.ts). A result, or a problem, for each file.
   * Contents may be put into `room`: they are good until it is used again. */
  readMany(files: readonly WantedFile[], room?: Buffer): Promise<(Reading | ObjectProblem)[]>;
  /** Whole files that must not exist yet, under names that nobody else uses. */
  writeMany(files: readonly NewFile[]): Promise<(ObjectProblem | undefined)[]>;
  /** SHA-256 of whole files, in hex, as their server computes it; undefined where only reading tells. */
  hashMany(files: readonly WantedFile[]): Promise<(string | undefined)[]>;
  close(): Promise<void>;
}

/** SFTP sets an owner, and where the log-in may not, the call fails; FTP knows none and leaves it. */
export type SettableAttributes = Pick<Attributes, 'mode' | 'mtime' | 'owner'>;

/**
 * `size` as it is known, and the most that is read. `mtime` of when that was known: what has both still after it was
 * read was not changed meanwhile, and need not be asked for before.
 */
export interface WantedFile {
  path: Buffer;
  size: number;
  mtime?: number;
}

export interface NewFile {
  path: Buffer;
  content: Buffer;
  attributes: SettableAttributes;
}

export interface WriteOptions {
  create: boolean;
  /** Nothing but this content was ever written from `start` on: zeros need not be sent, and may become a hole. */
  fresh?: boolean;
  attributes?: SettableAttributes;
}
