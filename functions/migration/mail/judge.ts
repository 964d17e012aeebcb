import { type MailLine, secondsOf } from './lines.ts';
import type { TargetMessage } from './list-target.ts';
import { targetDate, targetFlags } from './target-flags.ts';

/**
 * Compares flags and date of one message with what was to arrive. Contents are compared elsewhere. What somebody changed
 * at the target after it had arrived in an earlier run stays as they want it (`kept`).
 */
export function judge(
  line: MailLine,
  there: TargetMessage | undefined,
  permanentFlags: readonly string[] | undefined,
): MailLine {
  if (line.kind !== 'message' || line.outcome === 'skipped' || !there) return { ...line, verified: 'match' };
  const differences = [...flagDifference(line, there, permanentFlags), ...dateDifference(line, there)];
  if (differences.length === 0) return { ...line, verified: 'match' };
  const remark = [line.remark, ...differences].filter(Boolean).join('、');
  return { ...line, verified: line.outcome === 'unchanged' ? 'kept' : 'differs', remark };
}

function flagDifference(
  line: MailLine,
  there: TargetMessage,
  permanent: readonly string[] | undefined,
): string[] {
  const has = new Set(there.flags.map((flag) => flag.toLowerCase()));
  const lost = targetFlags(line.flags ?? [], permanent).kept.filter((flag) => !has.has(flag.toLowerCase()));
  return lost.length === 0 ? [] : [`移行先にない印: ${lost.join(' ')}`];
}

/** The instant counts: servers write it in their own zone. */
export function dateDifference(line: MailLine, there: TargetMessage): string[] {
  if (!targetDate(line.date) || (line.outcome === 'altered' && /日時/.test(line.how ?? ''))) return [];
  return secondsOf(line.date) === secondsOf(there.date) ? [] : [`移行先での受信日時: ${there.date}`];
}
