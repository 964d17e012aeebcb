import { deepest, longestPath, refuseName } from '../names.ts';
import { ancestorsOf, joinPath } from '../position.ts';
import type { Entry } from './file-tree.ts';
import type { Found } from './walk.ts';

/** An entry of a directory as a walk gives it: a name or path that must be left out says why. */
export function examineEntry(directory: Buffer, { name, attributes }: Entry): Found {
  const path = joinPath(directory, name);
  const refused = refuseName(name) ?? refusePath(path);
  return refused === undefined ? { path, attributes } : { path, attributes, refused };
}

export function isOpenDirectory({ attributes, refused }: Found): boolean {
  return attributes.kind === 'directory' && refused === undefined;
}

function refusePath(path: Buffer): string | undefined {
  if (path.length > longestPath) return `パスが${longestPath}バイトを超えています`;
  if (ancestorsOf(path).length >= deepest) return `フォルダの階層が${deepest}を超えています`;
  return undefined;
}
