import { TerminalError, TransientError } from '../../case/errors.ts';
import type { AccountCreation } from '../../case/mail-access.ts';
import { isAgreedTarget } from '../../case/mail-targets.ts';
import type { Ports } from '../../case/ports.ts';
import { timeIsShort } from '../job.ts';
import { readJson, writeJson } from '../ndjson.ts';
import { resolveHost } from '../resolve-host.ts';
import { connectSsh } from '../web/sftp/connect.ts';
import { CommandFailed, Shell } from '../web/ssh/shell.ts';
import { type CommandRunner, type CreatedAccount, createAccounts } from './create-accounts.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import type { MailTask } from './with-mail-job.ts';

const milliseconds = { connect: 20_000, logIn: 20_000, command: 60_000 };
const mostOutput = 4096;

/** Commands between two looks at the clock. */
const batch = 20;

/**
 * Makes the accounts at the target by the registered command over SSH, once per registration. False when time ran short:
 * calling again goes on. Throws TerminalError with what the command said of those that it refused: the others are made.
 */
export async function makeAccounts(
  { settings, vault }: Pick<Ports, 'settings' | 'vault'>,
  job: MailJob,
  { creation, targetSecret }: Pick<MailTask, 'creation' | 'targetSecret'>,
): Promise<boolean> {
  if (creation.way !== 'command') return true;
  const key = keys.madeAccounts(job, targetSecret);
  const kept = await readJson<{ made: string[]; begun: string[] }>(job.objects, key);
  const made = new Set(kept?.made);
  // A call that died may have made these: that the server says they exist is what we wanted.
  const begun = new Set(kept?.begun);
  // One on which nobody agreed is not made: what does not open is in the ledger.
  const missing = job.accounts.filter(
    ({ targetUser }) => !made.has(targetUser) && isAgreedTarget(job.access, targetUser),
  );
  if (missing.length === 0) return true;
  const keyName = `${targetSecret}.host-key`;
  const hostKey = await vault.get(job.caseId, keyName);
  const shell = await openShell(creation.shell, hostKey, settings.allowedAddresses);
  const refused: CreatedAccount[] = [];
  try {
    if (hostKey === undefined) await vault.put(job.caseId, keyName, shell.hostKey);
    for (let at = 0; at < missing.length; at += batch) {
      const next = missing.slice(at, at + batch);
      const ours = new Set([...begun, ...next.map(({ targetUser }) => targetUser)]);
      await writeJson(job.objects, key, { made: [...made], begun: [...ours] });
      for (const one of await createAccounts(shell, creation.template, next)) {
        if (one.outcome === 'created' || begun.has(one.targetUser)) made.add(one.targetUser);
        else refused.push(one);
      }
      await writeJson(job.objects, key, { made: [...made], begun: [...begun] });
      if (timeIsShort(job)) return false;
    }
  } finally {
    shell.close();
  }
  if (refused.length === 0) return true;
  const words = refused.slice(0, 5).map(({ targetUser, why }) => `${targetUser}(${why})`);
  throw new TerminalError(
    `移行先で${refused.length}件のアカウントを作成できません: ${words.join('、')}。作成できた分は記録しています。` +
      'すでにあるアカウントの場合は、作成済みとして移行内容を登録し直してください。',
  );
}

type ShellAccess = Extract<AccountCreation, { way: 'command' }>['shell'];

async function openShell(
  access: ShellAccess,
  hostKey: string | undefined,
  allowedAddresses: readonly string[],
): Promise<CommandRunner & { hostKey: string; close(): void }> {
  const host = await resolveHost(access.host, allowedAddresses);
  const logIn = {
    ...access,
    protocol: 'sftp' as const,
    root: '.',
    ...(hostKey !== undefined && { hostKey }),
  };
  const connection = await connectSsh(logIn, host, milliseconds);
  const shell = new Shell(connection.client, { stall: milliseconds.command });
  return {
    hostKey: connection.hostKey,
    close: () => connection.client.end(),
    async run(text, input) {
      let output = '';
      try {
        const code = await shell.run({
          text: `{ ${text}; } 2>&1`,
          input: [Buffer.from(input)],
          output: (piece) => {
            if (output.length < mostOutput) output += piece.toString();
          },
        });
        return { code, output };
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error;
        throw new TransientError('移行先のSSHサーバーが、アカウント作成コマンドを途中で打ち切りました。');
      }
    },
  };
}
