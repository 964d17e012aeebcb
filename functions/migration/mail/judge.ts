import { type MailLine, secondsOf } from './lines.ts';
import type { TargetMessage } from './list-target.ts';
import { targetDate, targetFlags } from './target-flags.ts';

/**
 * Compares flags and date of one message with what was to arrive. Contents are compared elsewhere. What somebody changed
 * at the target after it had arrived in an earlier run, and marks that they set, stay as they want it (`kept`).
 */
export function judge(
  line: MailLine,
  there: TargetMessage | undefined,
  permanentFlags: readonly string[] | undefined,
): MailLine {
  if (line.kind !== 'message' || line.outcome === 'skipped' || !there) return { ...line, verified: 'match' };
  const date = dateDifference(line, there);
  const replaced = date.length > 0 && isFuture(line) && line.outcome !== 'unchanged';
  const how = [line.how, futureDate].filter(Boolean).join('、');
  const judged: MailLine = replaced ? { ...line, outcome: 'altered', how } : line;
  const failures = [
    ...told('移行先にない印', without(targetFlags(line.flags ?? [], permanentFlags).kept, there.flags)),
    ...told('移行先で外せない印', notRemoved(line, there)),
    ...(replaced ? [] : date),
  ];
  const added = told(
    '移行先だけにある印',
    without(there.flags, [...(line.flags ?? []), ...notRemoved(line, there)]),
  );
  const differences = [...failures, ...added];
  if (differences.length === 0) return { ...judged, verified: 'match' };
  const remark = [line.remark, ...differences].filter(Boolean).join('、');
  const kept = line.outcome === 'unchanged' || failures.length === 0;
  return { ...judged, verified: kept ? 'kept' : 'differs', remark };
}

/** Dovecot and others store the moment of arrival in place of one that has not come yet. */
const futureDate = '移行元の受信日時が未来のため、受信日時は移行した時刻です';

function isFuture({ date }: MailLine): boolean {
  return (secondsOf(date) ?? 0) > Date.now() / 1000;
}

/** Marks that went at the source since the run before, and are at the target all the same. */
export function notRemoved({ change, flags = [] }: MailLine, there: TargetMessage | undefined): string[] {
  const removed = without(change?.remove ?? [], flags);
  return without(removed, without(removed, there?.flags ?? []));
}

/** Case does not count in a mark. */
function without(flags: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others.map((flag) => flag.toLowerCase()));
  return flags.filter((flag) => !known.has(flag.toLowerCase()));
}

function told(what: string, flags: readonly string[]): string[] {
  return flags.length === 0 ? [] : [`${what}: ${flags.join(' ')}`];
}

/** The instant counts: servers write it in their own zone. */
export function dateDifference(line: MailLine, there: TargetMessage): string[] {
  if (!targetDate(line.date) || (line.outcome === 'altered' && /受信日時を外しました/.test(line.how ?? '')))
    return [];
  return secondsOf(line.date) === secondsOf(there.date) ? [] : [`移行先での受信日時: ${there.date}`];
}
