import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkKey, checkPrefix, checkRange } from '../../functions/case/object-key.ts';
import { NotFoundError, type Objects } from '../../functions/case/ports.ts';
import { entryOf, entryOrder, objectPath, prefixPath } from './object-paths.ts';

const readBytes = 256 * 1024;
/** Of one write: for megabytes at once ext4 takes large pages that were not in use for long: ten times as dear, measured. */
const writeBytes = 256 * 1024;

/** Objects as files below `folder`. With `sync` each is on the disk before `put` returns (power cuts, not only kills). */
export function fileObjects(folder: string, { sync = false } = {}): Objects {
  const stored = join(folder, 'objects');
  const incoming = join(folder, 'incoming');
  for (const directory of [stored, incoming]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  removeAbandoned(incoming);

  /** Directories may be swept away by a deleteAll between the two calls. */
  async function moveTo(temporary: string, path: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        return await rename(temporary, path);
      } catch (error) {
        if (!isMissing(error) || attempt === 10) throw error;
      }
    }
  }

  async function* walk(
    directory: string,
    key: Buffer,
    prefix: Buffer,
  ): AsyncGenerator<{ key: string; path: string }> {
    const names = await readdir(directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const entry of names.map(entryOf).sort(entryOrder)) {
      const reached = Buffer.concat([key, entry.part]);
      const shared = Math.min(reached.length, prefix.length);
      if (!reached.subarray(0, shared).equals(prefix.subarray(0, shared))) continue;
      const path = join(directory, entry.name);
      if (!entry.file) yield* walk(path, reached, prefix);
      else if (reached.length >= prefix.length) yield { key: reached.toString(), path };
    }
  }

  const below = (prefix: string) => {
    checkPrefix(prefix);
    const whole = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    return walk(prefixPath(stored, whole), Buffer.from(whole), Buffer.from(prefix));
  };

  return {
    async put(key, body) {
      checkKey(key);
      const temporary = join(incoming, `${process.pid}-${randomBytes(12).toString('hex')}`);
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          for await (const chunk of body instanceof Uint8Array ? [body] : body) await writeAll(file, chunk);
          if (sync) await file.sync();
        } finally {
          await file.close();
        }
        await moveTo(temporary, objectPath(stored, key));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async *get(key, range) {
      checkKey(key);
      checkRange(range);
      const file = await open(objectPath(stored, key)).catch((error: unknown) => {
        if (isMissing(error)) throw new NotFoundError(`There is no object ${key}.`);
        throw error;
      });
      try {
        let position = range?.start ?? 0;
        const end = range?.end ?? Number.MAX_SAFE_INTEGER;
        while (position < end) {
          const wanted = Math.min(readBytes, end - position);
          const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
          if (bytesRead === 0) return;
          position += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    },
    async size(key) {
      checkKey(key);
      return (await stat(objectPath(stored, key)).catch(ignoreMissing))?.size;
    },
    async *list(prefix) {
      for await (const { key, path } of below(prefix)) {
        const found = await stat(path).catch(ignoreMissing);
        if (found) yield { key, size: found.size };
      }
    },
    async deleteAll(prefix) {
      let count = 0;
      for await (const { path } of below(prefix)) {
        await rm(path, { force: true });
        count++;
        await removeEmpty(dirname(path), stored);
      }
      return count;
    },
  };
}

async function writeAll(
  file: { write(data: Uint8Array): Promise<{ bytesWritten: number }> },
  chunk: Uint8Array,
) {
  for (let at = 0; at < chunk.length; )
    at += (await file.write(chunk.subarray(at, at + writeBytes))).bytesWritten;
}

/** A killed process leaves half an object behind, which no erasure would find: the next start removes it. */
function removeAbandoned(incoming: string): void {
  for (const name of readdirSync(incoming)) {
    const owner = Number.parseInt(name, 10);
    if (owner !== process.pid && !isRunning(owner)) rmSync(join(incoming, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Only an empty directory can be removed, so a new object is safe; names of directories may be personal data too. */
async function removeEmpty(directory: string, stop: string): Promise<void> {
  for (let path = directory; path !== stop; path = dirname(path)) {
    const removed = await rmdir(path).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

const isMissing = (error: unknown) =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
