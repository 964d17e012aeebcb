import type { TargetMailbox } from './append-messages.ts';
import { isSmall } from './batch.ts';
import { changeFlags } from './change-flags.ts';
import type { ChunkWork } from './chunk-work.ts';
import { copyAlone, deliverStagedAlone } from './copy-alone.ts';
import { copyLarge } from './copy-large.ts';
import { copySmall, deliverStaged } from './copy-small.ts';
import { deliveredBefore } from './delivered-before.ts';
import type { ImapConnection } from './imap/connection.ts';
import { createMailbox } from './imap/create.ts';
import { ImapRefusedError, refusalOnly } from './imap/errors.ts';
import { type SelectedMailbox, selectMailbox, staySelected } from './imap/select.ts';
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
const aloneAfter = 5;

/** Copies what is pending of one folder: changed marks, staged messages, then the rest from the source. */
export async function copyMailbox(
  job: MailJob,
  work: ChunkWork,
  staging: Staging,
  { mailbox, planned, others }: { mailbox: number; planned: PlannedMailbox; others: ReadonlySet<number> },
  open: { source(): Promise<MailSource>; target: ImapConnection },
): Promise<void> {
  const pending = () => work.pending(mailbox);
  const openAtSource = async () => {
    const source = await open.source();
    return { source, ...(await source.open(planned.source)) };
  };
  // While the target opens its folder: far away each answer takes as long as the work. Later attempts may need no source.
  const opening = work.first && pending().some((line) => !line.change) ? openAtSource() : undefined;
  opening?.catch(() => {});
  const selected = await openTargetMailbox(open.target, planned.target!).catch(refusalOnly);
  if (selected instanceof ImapRefusedError)
    return work.record(leaveOut(mailbox, pending(), '移行先', selected));
  let delivered: ReturnType<typeof deliveredBefore> | undefined;
  const target: TargetMailbox = {
    connection: open.target,
    wire: planned.target!,
    permanentFlags: selected.permanentFlags,
    delivered: () => {
      delivered ??= deliveredBefore(job, work.lines[0]!.account, planned);
      return delivered;
    },
    fullFrom: Number.POSITIVE_INFINITY,
  };
  const changed = pending().filter((line) => line.change && line.target !== undefined);
  await work.record(await changeFlags(target, changed));
  if (pending().length === 0) return;
  const from = lookFrom(work, mailbox, planned);
  const look =
    from === undefined
      ? undefined
      : await Look.begin(open.target, selected.exists, from, new Set([...others, ...work.targets(mailbox)]), {
          from: planned.targetBefore?.uidNext ?? 1,
          since: work.since,
        });
  const alone = work.state.failures >= aloneAfter;
  if (!work.first) {
    const staged = { job, work, staging, mailbox, target, look };
    await (alone ? deliverStagedAlone : deliverStaged)(staged, pending());
  }
  if (pending().length === 0) return;
  const opened = await (opening ?? openAtSource()).catch(refusalOnly);
  if (opened instanceof ImapRefusedError) return work.record(leaveOut(mailbox, pending(), '移行元', opened));
  const { source, uidValidity } = opened;
  if (planned.before && planned.before.uidValidity !== uidValidity) {
    return work.record(pending().map((line) => renumbered(mailbox, line.uid!)));
  }
  const copy: MailboxCopy = { job, work, staging, mailbox, source, target, look };
  if (alone) return copyAlone(copy, pending());
  await copySmall(copy, pending().filter(isSmall));
  for (const line of pending().filter((line) => !isSmall(line))) await copyLarge(copy, line);
}

/** The folder was listed a moment ago; it may have been removed since. */
async function openTargetMailbox(target: ImapConnection, wire: string): Promise<SelectedMailbox> {
  try {
    return await staySelected(target, wire, 'SELECT');
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    if ((await createMailbox(target, wire)) !== undefined) throw error;
    return selectMailbox(target, wire, 'SELECT');
  }
}

/** In the first attempt only mail from before can be there; later, whatever this chunk stored and could not record. */
function lookFrom(work: ChunkWork, mailbox: number, planned: PlannedMailbox): number | undefined {
  if (work.first) return planned.lookFrom;
  return Math.max(1, Math.min(planned.lookFrom ?? Number.POSITIVE_INFINITY, work.from.get(mailbox) ?? 1));
}

/** One folder that does not open stops no other: it may have been renamed or removed since it was listed. */
function leaveOut(
  mailbox: number,
  lines: readonly MailLine[],
  end: string,
  { answer, status }: ImapRefusedError,
): Result[] {
  const why = `${end}のサーバーがこのフォルダを開きません: ${answer || status}。次の差分移行でもう一度試します`;
  return lines.map(({ uid }) => ({ mailbox, uid: uid!, outcome: 'skipped', why }));
}

function renumbered(mailbox: number, uid: number): Result {
  const why = '一覧の作成後に移行元のフォルダが作り直されました(UIDVALIDITY)。次の差分移行で移します';
  return { mailbox, uid, outcome: 'skipped', why };
}
