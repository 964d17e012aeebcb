import { timeIsShort } from '../job.ts';
import type { ChunkWriter } from './chunk-writer.ts';
import { compareKnown } from './compare-known.ts';
import { ImapRefusedError } from './imap/errors.ts';
import { accountLine, mailboxLine, messageLine, unlistedLine, type Where } from './inventory-lines.ts';
import type { MailJob } from './job.ts';
import { arrived, KnownAccount, type KnownMailbox } from './known.ts';
import type { MailLine } from './lines.ts';
import { type MailboxTable, type PlannedMailbox, readTable, writeTable } from './mailbox-table.ts';
import { openSource, openTarget } from './open-account.ts';
import { prepareAccount } from './prepare-account.ts';
import type { MailSource } from './source.ts';

/**
 * Messages in a folder from which on one call at a time stores in it: Dovecot looks through the whole folder again whenever
 * another connection has stored something, which then takes longer than the storing.
 */
const oneAtATimeFrom = 30_000;

/** Lists one account's folders and messages into chunks, from where the state stands. False when time ran short. */
export async function inventoryAccount(job: MailJob, writer: ChunkWriter, account: number): Promise<boolean> {
  const { user } = job.accounts[account]!;
  const source = await openSource(job, account);
  try {
    const known = await KnownAccount.read(job, user);
    const table = await tableOf(job, writer, account, source, known);
    const first = Math.max(0, writer.state.mailbox);
    for (let index = first; index < table.mailboxes.length; index++) {
      const mailbox = table.mailboxes[index]!;
      const resumed = writer.state.mailbox === index;
      // The first folder of a call always gets its turn: however little time there is, each call goes on.
      if (index > first + 1 && timeIsShort(job)) {
        await writer.flush();
        return false;
      }
      if (!resumed) await writer.add(mailboxLine(user, account, index, mailbox));
      if (mailbox.target === undefined) continue;
      const after = resumed ? writer.state.after : 0;
      const where = { user, account, index, mailbox, after };
      if (!(await listUnlessRefused(job, writer, source, known, where, table))) {
        await writer.flush();
        return false;
      }
    }
    if (writer.state.mailbox < table.mailboxes.length) {
      await writer.add(accountLine(user, account, table, writer.state.accountBytes));
    }
    await writer.flush();
    return true;
  } finally {
    await source.close();
  }
}

async function tableOf(
  job: MailJob,
  writer: ChunkWriter,
  account: number,
  source: MailSource,
  known: KnownAccount,
): Promise<MailboxTable> {
  const { state } = writer;
  if (state.mailbox >= 0) return readTable(job, state.plan, account);
  const target = await openTarget(job, account);
  try {
    const table = await prepareAccount(job.accounts[account]!.user, source, target, known.mailboxes);
    for (const mailbox of table.mailboxes) {
      if (!mailbox.targetBefore?.messages) continue;
      const from = usable(known.mailboxes[mailbox.source], mailbox)?.targetUidNext ?? 1;
      if (from < mailbox.targetBefore.uidNext) mailbox.lookFrom = from;
    }
    await writeTable(job, state.plan, account, table);
    return table;
  } finally {
    await target.logout();
  }
}

/** As listMailbox; a folder that the source does not open or list is in the ledger with its words, and the others go on. */
async function listUnlessRefused(
  job: MailJob,
  writer: ChunkWriter,
  source: MailSource,
  known: KnownAccount,
  where: Where,
  table: MailboxTable,
): Promise<boolean> {
  const { user, account, index, mailbox } = where;
  try {
    return await listMailbox(job, writer, source, known, where);
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    // The next run is to list it again, whatever its state says.
    delete mailbox.before;
    await writeTable(job, writer.state.plan, account, table);
    await writer.add(unlistedLine(user, account, index, mailbox, error.answer || error.status));
    return true;
  }
}

async function listMailbox(
  job: MailJob,
  writer: ChunkWriter,
  source: MailSource,
  knownAccount: KnownAccount,
  where: Where,
): Promise<boolean> {
  const { mailbox, after } = where;
  const known = usable(knownAccount.mailboxes[mailbox.source], mailbox);
  if (mailbox.before?.messages === 0) return true;
  if (known && isAsBefore(known, mailbox)) {
    for await (const line of knownAccount.messages(known, after)) {
      const { uid, size, date = '', flags = [] } = line;
      // What did not arrive then (the target had no room) is moved now.
      const message = { uid: uid!, size, date, flags };
      await writer.add(messageLine(job, where, message, arrived(line) ? line : undefined));
    }
    return true;
  }
  const following = (mailbox.before?.messages ?? 0) >= oneAtATimeFrom;
  await source.open(mailbox.source);
  const before = known ? knownAccount.messages(known, after) : none();
  for await (const { message, known } of compareKnown(source.list(after), before)) {
    await writer.add(messageLine(job, where, message, known), following);
    if (timeIsShort(job)) return false;
  }
  return true;
}

/** UIDs of another validity, at either end, say nothing: messages are then known by their content alone. */
function usable(
  known: KnownMailbox | undefined,
  { before, targetBefore }: PlannedMailbox,
): KnownMailbox | undefined {
  if (!known || !targetBefore || known.targetUidValidity !== targetBefore.uidValidity) return undefined;
  // UIDs are never given twice: another folder, made in the same second.
  if (targetBefore.uidNext < known.targetUidNext) return undefined;
  return known.uidValidity === (before?.uidValidity ?? 1) ? known : undefined;
}

/** CONDSTORE's promise: the same numbers, the same messages and marks. */
function isAsBefore({ state }: KnownMailbox, { before }: PlannedMailbox): boolean {
  return (
    state !== undefined &&
    before !== undefined &&
    before.highestModSeq > 0 &&
    state.highestModSeq === before.highestModSeq &&
    state.uidNext === before.uidNext &&
    state.messages === before.messages
  );
}

/** An account that does not open: the others are moved, and the ledger says why this one is not. */
export async function addRefused(
  job: MailJob,
  writer: ChunkWriter,
  account: number,
  why: string,
): Promise<void> {
  const { user } = job.accounts[account]!;
  const { plan, mailbox } = writer.state;
  // What was listed of it in an earlier call stays: its chunks say themselves what becomes of them.
  if (mailbox < 0) await writeTable(job, plan, account, { user, mailboxes: [] });
  await writer.add({
    path: `./${user}`,
    kind: 'account',
    size: 0,
    account,
    mailbox: Math.max(0, mailbox),
    outcome: 'skipped',
    why,
  });
  await writer.flush();
}

async function* none(): AsyncGenerator<MailLine> {}
