import type { TransferSummary } from './case.ts';

/**
 * What people are told of a plan's last run. What an earlier run had moved is at the new server too and was compared again:
 * for a customer it is moved, whichever run moved it.
 */
export function resultCounts(
  transfer: Pick<TransferSummary, 'objects' | 'moved' | 'unchanged' | 'altered' | 'skipped' | 'unexplained'>,
): [label: string, count: number][] {
  const { objects, moved, unchanged, altered, skipped, unexplained } = transfer;
  return [
    ['対象', objects],
    ['移行済み', moved + unchanged],
    ['調整して移行', altered],
    ['対象外', skipped],
    ['未確認', unexplained],
  ];
}
