import type { TaskKind } from '../case/tasks.ts';

/** The flows as the service specification draws them (4.1, 4.2, 4.3): what the customer sees as their way. */
export type CustomerFlow = 'simple-quote' | 'formal-quote' | 'order';

export const flowSteps: Record<CustomerFlow, { title: string; steps: readonly string[] }> = {
  'simple-quote': {
    title: '簡易お見積もりの流れ',
    steps: ['サービスの確認', 'ヒアリングシートの記入・送付', 'お申込み受領', '簡易お見積もりのご提示'],
  },
  'formal-quote': {
    title: '正式お見積もりの流れ',
    steps: ['サービスの確認', '同意書の記入・送付', 'お申込み受領', '環境調査', '正式お見積もりのご提示'],
  },
  order: {
    title: 'お申込みから作業完了までの流れ',
    steps: ['サービスの確認', 'お申込み', 'お申込み受理', '移行作業', '動作確認・検収', '検収完了', 'ご請求'],
  },
};

/** The step, counted from 0, at which a task stands. `source-access` belongs to two flows: see placeOf. */
const places: Partial<Record<TaskKind, readonly [CustomerFlow, number]>> = {
  'hearing-sheet': ['simple-quote', 1],
  'hearing-sheet-review': ['simple-quote', 2],
  'formal-quote-request': ['simple-quote', 3],
  consent: ['formal-quote', 1],
  'consent-review': ['formal-quote', 2],
  survey: ['formal-quote', 3],
  'formal-quote-review': ['formal-quote', 4],
  order: ['order', 1],
  'order-review': ['order', 2],
  'migration-details': ['order', 3],
  acceptance: ['order', 4],
  'acceptance-review': ['order', 5],
  'extra-order': ['order', 4],
};

/** Undefined for a task that is no station of a flow, such as an escalation. */
export function placeOf(kind: TaskKind, ordered = false): { flow: CustomerFlow; step: number } | undefined {
  if (kind === 'source-access')
    return ordered ? { flow: 'order', step: 3 } : { flow: 'formal-quote', step: 3 };
  const place = places[kind];
  return place && { flow: place[0], step: place[1] };
}
