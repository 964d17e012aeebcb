import { outcomeOf, readResults, voidResults } from './chunk-work.ts';
import { compareContents } from './compare-contents.ts';
import { copyMailChunk } from './copy-mail-chunk.ts';
import type { ImapConnection } from './imap/connection.ts';
import { createMailbox } from './imap/create.ts';
import { ImapRefusedError, refusalOnly } from './imap/errors.ts';
import { staySelected } from './imap/select.ts';
import type { MailJob } from './job.ts';
import { dateDifference, judge, notRemoved } from './judge.ts';
import { keyOf, type MailLine, type Result, secondsOf } from './lines.ts';
import { listTarget, type TargetMessage } from './list-target.ts';
import { Look } from './look.ts';
import type { PlannedMailbox } from './mailbox-table.ts';

export interface Where {
  job: MailJob;
  plan: string;
  chunk: number;
  planned: PlannedMailbox;
  /** UIDs at the target that stand for earlier messages of this folder; those of these lines are added. */
  claimed: Set<number>;
  /** Names of the folders that the target has. */
  folders: () => Promise<ReadonlySet<string>>;
  /** What became of the chunk's messages. */
  results: ReadonlyMap<string, Result>;
}

/** How often a chunk with missing messages is moved again before they are reported. */
const repairs = 2;

/** The lines of one folder in one chunk, with what became of them and what is at the target now. */
export async function verifyLines(
  where: Where,
  openTarget: () => Promise<ImapConnection>,
  lines: readonly MailLine[],
): Promise<MailLine[]> {
  const { job, plan, chunk, planned, claimed } = where;
  const refusal = await makeAgain(where, openTarget);
  if (refusal !== undefined)
    return mergeResults(lines, where.results).map((line) => withoutFolder(line, refusal));
  if (lines.every((line) => line.kind !== 'message'))
    return lines.map((line) => ({ ...line, verified: 'match' }));
  let { results } = where;
  const selected = async () => {
    const target = await openTarget();
    await staySelected(target, planned.target!, 'SELECT');
    return target;
  };
  for (let repair = 0; ; repair++) {
    const merged = mergeResults(lines, results);
    const target = await openTarget();
    const opened = await staySelected(target, planned.target!, 'SELECT').catch(refusalOnly);
    if (opened instanceof ImapRefusedError) {
      const why = `移行先がフォルダを開きません: ${opened.answer || opened.status}`;
      return merged.map((line) => withoutFolder(line, why));
    }
    const { exists, permanentFlags } = opened;
    await findUnnumbered(where, target, exists, merged);
    const there = await listTarget(
      target,
      merged.flatMap((line) => line.target ?? []),
    );
    const missing = missingOf(merged, there, claimed);
    if (missing.length > 0 && repair < repairs) {
      // Moving opens both ends for itself: together they keep to one connection, too.
      await target.logout();
      await moveAgain(where, merged, missing);
      results = await readResults(job, plan, chunk);
      continue;
    }
    const gone = new Set(missing.filter((line) => notRemoved(line, there.get(line.target!)).length === 0));
    for (const line of merged) if (line.target !== undefined && !gone.has(line)) claimed.add(line.target);
    const judged = merged.map((line) =>
      gone.has(line)
        ? { ...line, verified: 'missing' as const, remark: '移行先に見当たりません' }
        : judge(line, line.target === undefined ? undefined : there.get(line.target), permanentFlags),
    );
    return compareContents(where, selected, judged, there);
  }
}

/** A folder that has gone from the target since comes again, as lost mail does; returns why the server refuses that. */
async function makeAgain(
  { planned, folders }: Where,
  openTarget: () => Promise<ImapConnection>,
): Promise<string | undefined> {
  if ((await folders()).has(planned.target!)) return undefined;
  const refused = await createMailbox(await openTarget(), planned.target!);
  return refused && `移行先にフォルダがありません。もう一度作成しようとしましたが、断られました: ${refused}`;
}

function withoutFolder(line: MailLine, remark: string): MailLine {
  if (line.outcome === 'skipped') return { ...line, verified: 'match' };
  return { ...line, verified: 'missing', remark };
}

export function mergeResults(lines: readonly MailLine[], results: ReadonlyMap<string, Result>): MailLine[] {
  return lines.map((line): MailLine => {
    const result = results.get(keyOf(line));
    if (line.kind !== 'message' || !result) return { ...line };
    const { size, ...rest } = result;
    const { outcome: _, ...planned } = line;
    return { ...planned, ...rest, size: size || line.size } as MailLine;
  });
}

/** Servers without UIDPLUS do not tell the UID of what they stored: it is found by its content. */
async function findUnnumbered(
  where: Where,
  target: ImapConnection,
  exists: number,
  lines: MailLine[],
): Promise<void> {
  const unnumbered = lines.filter(
    (line) => arrivedAs(line) && line.target === undefined && line.sha256 !== undefined,
  );
  if (unnumbered.length === 0) return;
  const others = new Set([...where.claimed, ...lines.flatMap((line) => line.target ?? [])]);
  const look = await Look.begin(target, exists, 1, others);
  const found = await look.find(
    unnumbered.map(({ uid, size, date, sha256 = '' }) => ({
      uid: uid!,
      seconds: secondsOf(date),
      identity: { size, sha256, canonicalSize: size, canonicalSha256: sha256 },
    })),
  );
  for (const line of unnumbered) {
    const same = found.get(line.uid!);
    if (same) line.target = same.target;
  }
}

/** Not at the target, or only as a message that stands for another one already, or with marks that were to go. */
function missingOf(
  lines: readonly MailLine[],
  there: ReadonlyMap<number, TargetMessage>,
  claimed: ReadonlySet<number>,
): MailLine[] {
  const seen = new Set(claimed);
  return lines.filter((line) => {
    if (line.kind !== 'message') return false;
    if (line.outcome === undefined) return true;
    if (line.outcome === 'skipped') return false;
    if (line.target === undefined || !there.has(line.target) || seen.has(line.target)) return true;
    // Another copy of the same mail, stored by another run, was taken for this one.
    if (line.found && line.outcome === 'moved' && dateDifference(line, there.get(line.target)!).length > 0)
      return true;
    if (notRemoved(line, there.get(line.target)).length > 0) return true;
    seen.add(line.target);
    return false;
  });
}

/** Voids what was recorded of these messages and runs their chunk again; what is claimed is taken for no other. */
async function moveAgain(
  { job, plan, chunk, claimed }: Where,
  lines: MailLine[],
  missing: MailLine[],
): Promise<void> {
  const { mailbox } = missing[0]!;
  const lost = new Set(missing);
  await voidResults(job, plan, chunk, missing);
  const others = new Set(claimed);
  for (const line of lines)
    if (line.target !== undefined && (!lost.has(line) || line.found)) others.add(line.target);
  while ((await copyMailChunk(job, { chunk }, new Map([[mailbox, others]]))).more);
}

function arrivedAs(line: MailLine): boolean {
  return line.kind === 'message' && outcomeOf(line, undefined) !== undefined && line.outcome !== 'skipped';
}
