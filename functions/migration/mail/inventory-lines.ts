import type { MailSetting } from '../../case/mail-access.ts';
import { bytesText } from '../../case/wording.ts';
import { flagChange } from './compare-known.ts';
import type { Listed } from './imap/fetch-list.ts';
import type { MailJob } from './job.ts';
import { type MailLine, secondsOf } from './lines.ts';
import type { MailboxTable, PlannedMailbox } from './mailbox-table.ts';

/** One folder being listed, from the UID behind `after`. */
export interface Where {
  user: string;
  account: number;
  index: number;
  mailbox: PlannedMailbox;
  after: number;
}

/** A message, against what an earlier run knew of it. */
export function messageLine(
  job: MailJob,
  where: Where,
  message: Listed,
  known: MailLine | undefined,
): MailLine {
  const { user, mailbox } = where;
  const { uid, size, date, flags } = message;
  if (known) {
    const change = flagChange(known.flags ?? [], flags);
    const line = { ...unchanged(known, flags), ...numbers(where) };
    if (!change) return line;
    const { outcome: _, ...rest } = line;
    return { ...rest, change };
  }
  const mtime = secondsOf(date);
  const line: MailLine = {
    path: `./${user}/${mailbox.name}/${uid}`,
    kind: 'message',
    size,
    ...(mtime !== undefined && { mtime }),
    ...numbers(where),
    uid,
    ...(date && { date }),
    ...(flags.length > 0 && { flags }),
  };
  const why = skipped(job, message);
  return why === undefined ? line : { ...line, outcome: 'skipped', why };
}

function skipped(job: MailJob, { size, flags }: Listed): string | undefined {
  const { deleted, largestMessageBytes } = job.access;
  if (deleted === 'skip' && flags.some((flag) => /^\\deleted$/i.test(flag)))
    return '移行元で削除済みの印があります';
  if (size > largestMessageBytes) return `大きさが上限(${largestMessageBytes}バイト)を超えています`;
  return undefined;
}

function unchanged(line: MailLine, flags: string[]): MailLine {
  const { verified: _, remark: __, change: ___, found: ____, ...rest } = line;
  return { ...rest, flags, outcome: 'unchanged' };
}

/** Comes after all folders of the account: by then it is known whether the target has room for them. */
export function accountLine(user: string, account: number, table: MailboxTable, needed: number): MailLine {
  const left = table.targetBytesLeft;
  return {
    path: `./${user}`,
    kind: 'account',
    size: 0,
    account,
    mailbox: table.mailboxes.length,
    outcome: 'unchanged',
    ...(left !== undefined && { remark: roomFor(needed, left) }),
  };
}

function roomFor(needed: number, left: number): string {
  if (needed <= left) return `移行先の空き容量は${bytesText(left)}です`;
  return (
    `${shortage}: これから移すメールは${bytesText(needed)}(${needed}バイト)ですが、移行先の空き容量は${bytesText(left)}(${left}バイト)です。` +
    `移行先の容量を${bytesText(needed - left)}以上増やしてください。入りきらないメールは移行先に断られて台帳に残り、` +
    '容量を増やした後の差分移行で移ります。ほかのメールとアカウントは移ります'
  );
}

/** The target has less room than the account needs: what it refuses is in the ledger. */
export function isShort({ kind, remark }: MailLine): boolean {
  return kind === 'account' && remark?.startsWith(shortage) === true;
}

const shortage = '容量不足';
const words = { alias: '別名', forward: '転送', list: 'メーリングリスト' };

/** What is no mailbox: work for people. It stands with the first account, before its folders. */
export function settingLine({ kind, address, to }: MailSetting): MailLine {
  const why = `移行先での設定が必要です(${words[kind]}): ${to.join(', ')}`;
  return { path: `./${address}`, kind: 'setting', size: 0, account: 0, mailbox: -1, outcome: 'skipped', why };
}

export function mailboxLine(user: string, account: number, index: number, mailbox: PlannedMailbox): MailLine {
  const { how, why, created, name, container } = mailbox;
  return {
    path: `./${user}/${name}`,
    kind: 'mailbox',
    size: 0,
    account,
    mailbox: index,
    outcome: why !== undefined ? 'skipped' : how !== undefined ? 'altered' : created ? 'moved' : 'unchanged',
    ...(how !== undefined && { how }),
    ...(why !== undefined && { why }),
    ...(container && { remark: '下位フォルダだけを持つフォルダで、それらとともに移行先にできます' }),
  };
}

/** Comes after the folder's own line and what could be listed of it. */
export function unlistedLine(
  user: string,
  account: number,
  index: number,
  { name }: PlannedMailbox,
  answer: string,
): MailLine {
  const why = `移行元のサーバーがこのフォルダを開かないか、一覧を返しません: ${answer}。一覧にないメールは移りません。移行元でこのフォルダを開けるようにした後の差分移行で移ります`;
  return {
    path: `./${user}/${name}`,
    kind: 'mailbox',
    size: 0,
    account,
    mailbox: index,
    outcome: 'skipped',
    why,
  };
}

const numbers = ({ account, index }: Where) => ({ account, mailbox: index });
