/** The root, one line, as the commands below read it; then names, each ended by NUL. */
export const enterRoot = 'IFS= read -r root && cd -- "$root"';

export function rootLine(root: Buffer): Buffer {
  return Buffer.concat([root, Buffer.from('\n')]);
}

/** `./` before a name: it is never taken for an option. */
export function nameList(paths: readonly Buffer[]): Buffer {
  return Buffer.concat(paths.flatMap((path) => [Buffer.from('./'), path, Buffer.of(0)]));
}

/** Runs in a POSIX shell, whatever the log-in shell is: csh and fish take a text in single quotes as it is, too. */
export function posix(script: string): string {
  return `env LC_ALL=C sh -c '${script}'`;
}
