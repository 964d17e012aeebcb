import type { Actor } from './case.ts';

/**
 * The human steps of the service (design.md, "Human steps"). One pattern for all: open-task waits, complete-task ends
 * the wait. What each asks for is its form (forms/<kind>.ts); who may answer is here.
 */
export const taskKinds = [
  'hearing-sheet', // R26
  'hearing-sheet-review', // R27
  'consultation', // R11
  'formal-quote-request', // R28: the simple quote cannot be ordered from
  'consent', // R29
  'consent-review', // R29
  'source-access', // R30, and again before the migration (R24, R36)
  'survey', // R30
  'formal-quote-review', // R31
  'order', // R32-R34
  'order-review', // R35
  'migration-details', // R36
  'transfer-problem', // a server refused, hung or lied: retry, postpone, ask the customer
  'migration-sign-off',
  'acceptance', // R37
  'acceptance-review', // R38
  'rework-assessment', // the customer's check failed: in scope, or R17
  'extra-order', // R17
  'escalation', // a deadline passed: extend it, or close the case
] as const;
export type TaskKind = (typeof taskKinds)[number];

interface TaskDefinition {
  actor: Exclude<Actor, 'system' | 'finance'>;
  /** What the page and the mail call it. */
  title: string;
}

export const tasks: Record<TaskKind, TaskDefinition> = {
  'hearing-sheet': { actor: 'customer', title: 'ヒアリングシートのご記入' },
  'hearing-sheet-review': { actor: 'staff', title: 'ヒアリングシートの確認' },
  consultation: { actor: 'staff', title: 'お客さまとのご相談' },
  'formal-quote-request': { actor: 'customer', title: '正式お見積もりのご依頼' },
  consent: { actor: 'customer', title: '同意書のご記入' },
  'consent-review': { actor: 'staff', title: '同意書の確認' },
  'source-access': { actor: 'customer', title: '移行元サーバ情報のご提供' },
  survey: { actor: 'engineer', title: '環境調査' },
  'formal-quote-review': { actor: 'staff', title: '正式お見積もりの確認' },
  order: { actor: 'customer', title: 'データ移行支援のお申込み' },
  'order-review': { actor: 'staff', title: 'お申込み内容の確認' },
  'migration-details': { actor: 'engineer', title: '移行内容と移行日の調整' },
  'transfer-problem': { actor: 'engineer', title: 'データ移行の問題への対応' },
  'migration-sign-off': { actor: 'engineer', title: '移行作業の完了確認' },
  acceptance: { actor: 'customer', title: '動作確認と検収書のご提出' },
  'acceptance-review': { actor: 'engineer', title: '検収書の確認' },
  'rework-assessment': { actor: 'engineer', title: '検収不合格への対応判断' },
  'extra-order': { actor: 'customer', title: '追加作業のお申込み' },
  escalation: { actor: 'staff', title: '期限超過への対応' },
};
