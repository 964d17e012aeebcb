import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What stands at one path, as the file system of this machine says: nothing of the engine is asked. */
export interface Standing {
  kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Four octal digits; '' for links, which have none of their own. */
  mode: string;
  /** Whole seconds since 1970, all that SFTP carries; 0 for links, whose time it cannot set. */
  mtime: number;
  /** SHA-256 of a file's content. */
  sha256?: string;
  link?: string;
}

/** Everything below `root` by path (`./a/b`), the root itself not included. */
export function readSite(root: string): Map<string, Standing> {
  const found = new Map<string, Standing>();
  const visit = (path: string) => {
    for (const name of readdirSync(join(root, path))) {
      const below = `${path}/${name}`;
      const standing = look(join(root, below));
      found.set(below, standing);
      if (standing.kind === 'directory') visit(below);
    }
  };
  visit('.');
  return found;
}

function look(path: string): Standing {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return { kind: 'symlink', mode: '', mtime: 0, link: readlinkSync(path) };
  const shared = {
    mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
    mtime: Math.floor(stats.mtimeMs / 1000),
  };
  if (stats.isDirectory()) return { kind: 'directory', ...shared };
  if (!stats.isFile()) return { kind: 'other', ...shared };
  return { kind: 'file', ...shared, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') };
}
