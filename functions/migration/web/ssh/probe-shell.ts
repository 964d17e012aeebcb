import { randomBytes } from 'node:crypto';
import { TransientError } from '../../../case/errors.ts';
import type { FileTree } from '../file-tree.ts';
import { posix } from './names.ts';
import { CommandFailed, type Shell } from './shell.ts';

/** What a server's shell can be trusted with. */
export interface ShellTraits {
  /** GNU tar, which tells by its exit code when a file changed while it was read. */
  tar: boolean;
  sha256sum: boolean;
}

/** Milliseconds; a server that has not answered by then is used by SFTP. */
const longestWait = 5000;

/**
 * Says back what it reads, what it has, and the time and mode of the root: an SFTP server may be locked into a directory
 * that the shell sees under another name.
 */
const command = posix(
  'IFS= read -r mark; IFS= read -r root; cd -- "$root" || exit 1; tar=no; sum=no; ' +
    'tar --version 2>/dev/null | grep "GNU tar" >/dev/null && tar=yes; ' +
    'command -v sha256sum >/dev/null && command -v xargs >/dev/null && sum=yes; ' +
    'echo "$mark $tar $sum $(stat -c "%Y %a" .)"',
);

/**
 * Looks whether commands may be run, once a server. Undefined where SFTP alone is to be used: no shell, one that prints
 * on log-in, one that sees another tree, no answer in time. Throws when the connection is lost.
 */
export async function probeShell(
  shell: Shell,
  sftp: Pick<FileTree, 'inspect' | 'rootNames'>,
  timeout: number,
): Promise<ShellTraits | undefined> {
  const [root] = sftp.rootNames;
  if (!root || root.includes(0x0a)) return undefined;
  const mark = randomBytes(16).toString('hex');
  const before = await sftp.inspect(Buffer.alloc(0));
  let answer = '';
  try {
    const code = await shell.run({
      text: command,
      input: [Buffer.concat([Buffer.from(`${mark}\n`), root, Buffer.from('\n')])],
      output: (piece) => {
        answer += piece.toString('latin1');
      },
      most: 1000,
      signal: AbortSignal.timeout(Math.min(timeout, longestWait)),
    });
    if (code !== 0) return undefined;
  } catch (error) {
    if (!(error instanceof CommandFailed) && !(error instanceof TransientError)) throw error;
    // A server that allows SFTP alone may close the channel without a word. If the connection has gone, this throws.
    await sftp.inspect(Buffer.alloc(0));
    return undefined;
  }
  const after = await sftp.inspect(Buffer.alloc(0));
  const [, said, tar, sum, mtime, mode] = /^(\w+) (yes|no) (yes|no) (\d+) ([0-7]+)\n$/.exec(answer) ?? [];
  const isRoot = [before, after].some(
    (seen) => String(seen.mtime) === mtime && seen.mode.toString(8) === mode,
  );
  if (said !== mark || !isRoot) return undefined;
  return { tar: tar === 'yes', sha256sum: sum === 'yes' };
}
