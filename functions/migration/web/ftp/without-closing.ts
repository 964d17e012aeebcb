import type { FileTree } from '../file-tree.ts';

/** The same tree for someone who closes it when one of its connections is lost: the others stay. */
export function withoutClosing(tree: FileTree): FileTree {
  return {
    rootNames: tree.rootNames,
    list: (directory) => tree.list(directory),
    inspect: (path, follow) => tree.inspect(path, follow),
    read: (path, start, length) => tree.read(path, start, length),
    write: (path, start, content, options) => tree.write(path, start, content, options),
    rename: (from, to) => tree.rename(from, to),
    makeDirectory: (path) => tree.makeDirectory(path),
    makeLink: (path, target) => tree.makeLink(path, target),
    readLink: (path) => tree.readLink(path),
    setAttributes: (path, attributes) => tree.setAttributes(path, attributes),
    remove: (path) => tree.remove(path),
    readMany: (files) => tree.readMany(files),
    writeMany: (files) => tree.writeMany(files),
    hashMany: (files) => tree.hashMany(files),
    close: async () => undefined,
  };
}
