import type { Attributes } from '../file-tree.ts';

/** What a server's shell can be trusted with. */
export interface ShellTraits {
  /** GNU tar, which tells by its exit code when a file changed while it was read. */
  tar: boolean;
  sha256sum: boolean;
}

/**
 * What a shell says first, in the root. Nothing is done with a head that takes more than it gives: what it takes too much
 * is missing afterwards (BusyBox). The shell says the mark back that it was given, what it has, and the time and mode of the
 * root: an SFTP server may be locked into a directory that the shell sees under another name.
 */
export const greet =
  'tar=no; sum=no; rest=$(printf "ab\\ncd\\n" | { head -c 3 >/dev/null; cat; }); if test "$rest" = cd; then ' +
  'tar --version 2>/dev/null | grep "GNU tar" >/dev/null && tar=yes; ' +
  'command -v sha256sum >/dev/null && command -v xargs >/dev/null && sum=yes; fi; ' +
  'echo "$mark $tar $sum $(stat -c "%Y %a" .)"';

export interface Greeting {
  traits: ShellTraits;
  /** Seconds since 1970, and octal digits. */
  root: { mtime: string; mode: string };
}

/** Undefined where it is none: a shell that prints on log-in, or refuses in its own words. */
export function readGreeting(line: string, mark: string): Greeting | undefined {
  const [, said, tar, sum, mtime, mode] = /^(\w+) (yes|no) (yes|no) (\d+) ([0-7]+)$/.exec(line) ?? [];
  if (said !== mark || mtime === undefined || mode === undefined) return undefined;
  return { traits: { tar: tar === 'yes', sha256sum: sum === 'yes' }, root: { mtime, mode } };
}

export function isRoot({ root }: Greeting, seen: Attributes): boolean {
  return String(seen.mtime) === root.mtime && seen.mode.toString(8) === root.mode;
}
