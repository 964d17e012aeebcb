import { TerminalError } from '../../case/errors.ts';
import type { MailServer, MasterUser } from '../../case/mail-access.ts';
import { isAgreedTarget } from '../../case/mail-targets.ts';
import type { Credentials } from './imap/authenticate.ts';
import type { Patience } from './imap/byte-reader.ts';
import { compress } from './imap/compress.ts';
import type { ImapConnection } from './imap/connection.ts';
import { AccountRefusedError } from './imap/errors.ts';
import { openConnection } from './imap/open-connection.ts';
import { ImapSource } from './imap-source.ts';
import type { MailJob } from './job.ts';
import { openPop3 } from './pop3/open-pop3.ts';
import { Pop3Source } from './pop3-source.ts';
import type { MailSource } from './source.ts';

/** The account's mail at the source. Throws TransientError, RetryAfterError, or TerminalError with the server's words. */
export async function openSource(job: MailJob, account: number): Promise<MailSource> {
  const { source, sourceMaster, largestMessageBytes } = job.access;
  const { user, password } = accountOf(job, account);
  const credentials = credentialsOf(user, password, sourceMaster);
  if (source.protocol === 'pop3') {
    return new Pop3Source(await openPop3(source, credentials, job.dial, patienceOf(job)));
  }
  const caps = { line: 65_536, inMemory: 8 * 1024 * 1024, largest: largestMessageBytes };
  const connection = await openConnection(addressOf(source), credentials, job.dial, patienceOf(job), caps);
  await compress(connection);
  return new ImapSource(connection);
}

/** Its mailbox at the target. Throws as openSource does; also for an account on which nobody agreed. */
export async function openTarget(job: MailJob, account: number): Promise<ImapConnection> {
  const { target, targetMaster } = job.access;
  const { targetUser, password, targetPassword } = accountOf(job, account);
  // Whoever goes on with the password of the old server need not be asked for another.
  const own = targetPassword ?? (targetMaster ? undefined : password);
  if (own === undefined && targetMaster && !isAgreedTarget(job.access, targetUser)) {
    throw new AccountRefusedError(
      `${targetUser} は、移行内容に登録した「移行先のドメインまたはアカウント」にありません。移行先では開いていません。お客さまの一覧か、移行内容の登録をご確認ください。`,
    );
  }
  const credentials = credentialsOf(targetUser, own, targetMaster);
  return openConnection(addressOf(target), credentials, job.dial, patienceOf(job));
}

/** Everything ends before the step must: nothing is left running that another run could collide with. */
export function patienceOf(job: Pick<MailJob, 'remaining' | 'idleMs'>): Patience {
  const until = Date.now() + job.remaining() - 2000;
  return { idleMs: job.idleMs ?? 60_000, until: () => until };
}

export function accountOf(job: MailJob, account: number) {
  const found = job.accounts[account];
  if (!found)
    throw new TerminalError(
      'メールアカウントの一覧が作業の途中で変わりました。移行を最初からやり直してください。',
    );
  return found;
}

function addressOf({ host, port, security, certificate }: MailServer) {
  return { host, port, security, certificate };
}

function credentialsOf(
  user: string,
  password: string | undefined,
  master: MasterUser | undefined,
): Credentials {
  if (password !== undefined) return { user, password };
  if (!master)
    throw new AccountRefusedError(`${user} のパスワードがありません。お客さまにもう一度お伺いしてください。`);
  const { style, separator } = master;
  return {
    user,
    password: master.password,
    master: { user: master.user, style, ...(separator !== undefined && { separator }) },
  };
}
