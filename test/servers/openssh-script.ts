import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenSshServer, startOpenSsh } from './openssh.ts';

export interface ScriptedShell {
  /** Lines of a POSIX shell that come before a command, whose text is in $SSH_ORIGINAL_COMMAND; `exit` ends it. */
  before?: string;
  /** And before either: the command or SFTP. */
  always?: string;
  /** Programs that stand for the real ones, as scripts. */
  programs?: Readonly<Record<string, string>>;
  /** Programs that are not there. */
  without?: readonly string[];
}

const usual = 'sh env head stat grep tar xargs sha256sum sleep cat rm chmod'.split(' ');

/** OpenSSH whose shell behaves as `of` says; SFTP works beside it. */
export async function startScriptedShell({
  before = '',
  always = '',
  programs = {},
  without = [],
}: ScriptedShell): Promise<OpenSshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'openssh-shell-'));
  chmodSync(folder, 0o755);
  for (const name of usual) {
    if (!without.includes(name) && !(name in programs))
      symlinkSync(join('/usr/bin', name), join(folder, name));
  }
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  writeFileSync(
    join(folder, 'command'),
    `#!/bin/sh\n${always}\n[ "$SSH_ORIGINAL_COMMAND" = internal-sftp ] && exec /usr/lib/openssh/sftp-server\n` +
      `PATH=${folder}; export PATH\n${before}\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n`,
    { mode: 0o755 },
  );
  const server = await startOpenSsh({ config: [`ForceCommand ${join(folder, 'command')}`] });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
