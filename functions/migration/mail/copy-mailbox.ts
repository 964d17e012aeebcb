import type { TargetMailbox } from './append-messages.ts';
import { largeBytes } from './batch.ts';
import { changeFlags } from './change-flags.ts';
import type { ChunkWork } from './chunk-work.ts';
import { copyLarge } from './copy-large.ts';
import { copySmall, deliverStaged } from './copy-small.ts';
import type { ImapConnection } from './imap/connection.ts';
import { createMailbox } from './imap/create.ts';
import { ImapRefusedError } from './imap/errors.ts';
import { type SelectedMailbox, selectMailbox } from './imap/select.ts';
import type { MailJob } from './job.ts';
import type { MailLine, Result } from './lines.ts';
import { Look } from './look.ts';
import type { PlannedMailbox } from './mailbox-table.ts';
import type { MailSource } from './source.ts';
import type { Staging } from './stage-batch.ts';

/** One folder of a chunk being copied, with both ends open. */
export interface MailboxCopy {
  job: MailJob;
  work: ChunkWork;
  staging: Staging;
  /** Its number in the account's table. */
  mailbox: number;
  source: MailSource;
  target: TargetMailbox;
  /** Absent when nothing of this chunk can be at the target. */
  look: Look | undefined;
}

/** Attempts in a row without progress after which messages are handled one by one. */
const aloneAfter = 7;
/** Attempts for one message alone. */
const mostTries = 3;

/** Copies what is pending of one folder: changed marks, staged messages, then the rest from the source. */
export async function copyMailbox(
  job: MailJob,
  work: ChunkWork,
  staging: Staging,
  { mailbox, planned, others }: { mailbox: number; planned: PlannedMailbox; others: ReadonlySet<number> },
  open: { source(): Promise<MailSource>; target: ImapConnection },
): Promise<void> {
  const selected = await openTargetMailbox(open.target, planned.target!);
  const target: TargetMailbox = {
    connection: open.target,
    wire: planned.target!,
    permanentFlags: selected.permanentFlags,
    fullFrom: Number.POSITIVE_INFINITY,
  };
  const pending = () => work.pending(mailbox);
  const changed = pending().filter((line) => line.change && line.target !== undefined);
  await work.record(await changeFlags(target, changed));
  if (pending().length === 0) return;
  const from = lookFrom(work, mailbox, planned);
  const look = from === undefined ? undefined : await Look.begin(open.target, selected.exists, from, others);
  if (work.state.attempts > 1) {
    await deliverStaged({ job, work, staging, mailbox, target, look }, pending());
  }
  if (pending().length === 0) return;
  const source = await open.source();
  const { uidValidity } = await source.open(planned.source);
  if (planned.before && planned.before.uidValidity !== uidValidity) {
    return work.record(pending().map((line) => renumbered(mailbox, line.uid!)));
  }
  const copy: MailboxCopy = { job, work, staging, mailbox, source, target, look };
  if (work.state.failures >= aloneAfter) return copyOneByOne(copy, pending());
  await copySmall(copy, pending().filter(isSmall));
  for (const line of pending().filter((line) => !isSmall(line))) await copyLarge(copy, line);
}

const isSmall = (line: MailLine) => line.size <= largeBytes;

/** The folder was listed a moment ago; it may have been removed since. */
async function openTargetMailbox(target: ImapConnection, wire: string): Promise<SelectedMailbox> {
  try {
    return await selectMailbox(target, wire, 'SELECT');
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    if ((await createMailbox(target, wire)) !== undefined) throw error;
    return selectMailbox(target, wire, 'SELECT');
  }
}

/** In the first attempt only mail from before can be there; later, whatever this chunk stored and could not record. */
function lookFrom({ state }: ChunkWork, mailbox: number, planned: PlannedMailbox): number | undefined {
  if (state.attempts === 1) return planned.lookFrom;
  return Math.max(1, Math.min(planned.lookFrom ?? Number.POSITIVE_INFINITY, state.from[mailbox] ?? 1));
}

/**
 * A message that breaks the connection is found by handling each alone. After three tries it is left out, with the
 * reason, and the rest goes on.
 */
async function copyOneByOne(copy: MailboxCopy, lines: readonly MailLine[]): Promise<void> {
  const { work, mailbox } = copy;
  for (const line of lines) {
    const uid = line.uid!;
    const { alone } = work.state;
    const tries = alone?.mailbox === mailbox && alone.uid === uid ? alone.tries : 0;
    if (tries >= mostTries) {
      const why = `${mostTries}回試しても移せません: ${alone?.error ?? '接続が切れます'}`;
      await work.record([{ mailbox, uid, outcome: 'skipped', why }]);
      continue;
    }
    work.state.alone = { mailbox, uid, tries: tries + 1 };
    await work.save();
    if (isSmall(line) && tries === 0) await copySmall(copy, [line]);
    else await copyLarge(copy, line);
  }
}

function renumbered(mailbox: number, uid: number): Result {
  const why = '一覧の作成後に移行元のフォルダが作り直されました(UIDVALIDITY)。次の差分移行で移します';
  return { mailbox, uid, outcome: 'skipped', why };
}
