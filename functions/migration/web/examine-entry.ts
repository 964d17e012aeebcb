import { deepest, longestPath, refuseName } from '../names.ts';
import { ancestorsOf, joinPath } from '../position.ts';
import type { Entry } from './file-tree.ts';
import type { Found } from './walk.ts';

/** Entries of one directory as a walk gives them: a name or path that must be left out says why. */
export function entryExaminer(directory: Buffer): (entry: Entry) => Found {
  const depth = directory.length === 0 ? 0 : ancestorsOf(directory).length + 1;
  return ({ name, attributes }) => {
    const path = joinPath(directory, name);
    const refused = refuseName(name) ?? refusePath(path, depth);
    return refused === undefined ? { path, attributes } : { path, attributes, refused };
  };
}

export function isOpenDirectory({ attributes, refused }: Found): boolean {
  return attributes.kind === 'directory' && refused === undefined;
}

function refusePath(path: Buffer, depth: number): string | undefined {
  if (path.length > longestPath) return `パスが${longestPath}バイトを超えています`;
  if (depth >= deepest) return `フォルダの階層が${deepest}を超えています`;
  return undefined;
}
