/**
 * The order of an inventory: a directory's entries together, sorted by bytes, then what is below its first
 * subdirectory, and so on. A walk emits this order while it remembers names of directories only, and two lists in this
 * order are compared in one pass however long they are.
 */
const slash = 0x2f;

/** `a/b/c` is in `a/b`; what is in the root has the parent ''. */
export function parentOf(path: Buffer): Buffer {
  const at = path.lastIndexOf(slash);
  return at < 0 ? path.subarray(0, 0) : path.subarray(0, at);
}

export function nameOf(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(slash) + 1);
}

export function joinPath(directory: Buffer, name: Buffer): Buffer {
  if (directory.length === 0) return name;
  const path = Buffer.allocUnsafe(directory.length + 1 + name.length);
  path.set(directory);
  path[directory.length] = slash;
  path.set(name, directory.length + 1);
  return path;
}

/** The directories on the way to `path`, outermost first, without `path` itself. */
export function ancestorsOf(path: Buffer): Buffer[] {
  const ancestors: Buffer[] = [];
  for (let at = path.indexOf(slash); at >= 0; at = path.indexOf(slash, at + 1)) {
    ancestors.push(path.subarray(0, at));
  }
  return ancestors;
}

/** Directories in the order in which a walk lists them: a directory before what is below it. */
export function compareDirectories(a: Buffer, b: Buffer): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const left = a[at]!;
    const right = b[at]!;
    if (left !== right) return (left === slash ? -1 : left) - (right === slash ? -1 : right);
  }
  return a.length - b.length;
}

export function comparePositions(a: Buffer, b: Buffer): number {
  const byParent = compareDirectories(parentOf(a), parentOf(b));
  return byParent === 0 ? Buffer.compare(nameOf(a), nameOf(b)) : byParent;
}
