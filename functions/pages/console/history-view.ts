import type { HistoryEntry } from '../../case/case.ts';
import { planNames } from '../../case/eligibility.ts';
import { type TaskKind, tasks } from '../../case/tasks.ts';
import { actorNames, momentText, stageNames, yenText } from '../../case/wording.ts';
import { type Html, html } from '../markup.ts';
import { serverNames } from './connections-card.ts';
import { problemNames } from './problem-view.ts';

const names: Record<string, string> = {
  'case-opened': '案件を登録',
  'flow-started': '手続きを開始',
  'stage-changed': '段階が進行',
  'task-opened': '依頼を送付',
  'task-completed': '受付・完了',
  'task-expired': '期限超過',
  'task-token-renewed': '待ち受けを再開',
  reminded: '再送のご案内を送付',
  'reminder-passed-over': '再送のご案内を省略',
  'survey-refused': '環境調査報告を受け付けず',
  'quote-issued': 'お見積もりを発行',
  'consultation-needed': 'ご相談が必要と判断',
  'transfer-verified': '移行と照合が完了',
  'transfer-problem': '移行で問題が発生',
  erased: 'データと接続情報を消去',
  'invoice-issued': '請求書を発行',
  'fix-scan-started': '修正箇所の調査を開始',
  'fix-scan-done': '修正箇所の調査が完了',
  'fix-scan-failed': '修正箇所を調べられず',
  'fixes-approved': '修正を承認',
  'confided-shown': '接続情報を表示',
  'mailbox-links-shown': '利用者ごとのリンクを表示',
  'mailbox-password-given': '利用者がメールのパスワードを入力',
  'connection-checked': '接続を確認',
  'database-surveyed': 'データベースを調査',
  'host-key-accepted': '変更されたサーバの鍵を承認',
  'access-asked-again': 'お客さまに接続情報を再度依頼',
};

const words: Record<string, string> = {
  flow: '手続き',
  run: '実行回',
  plan: 'プラン',
  objects: '件数',
  secrets: '接続情報',
  account: 'アカウント',
  moved: '移行',
  altered: '調整',
  skipped: '対象外',
  unchanged: '変更なし',
  reason: '理由',
  error: '問題',
  rules: '料金規定',
  invoiceId: '請求書番号',
  errors: '誤り',
  reminder: '回数',
  scan: '調査回',
  findings: '箇所',
  facts: '事実',
  files: 'ファイル',
  withdrawn: '取り消し',
  number: '番号',
  total: '金額',
  startWith: 'はじめの手続き',
  server: 'サーバ',
  outcome: '結果',
  key: '登録の鍵',
  shown: '提示された鍵',
  was: 'これまでの鍵',
  legacyAlgorithms: '古い暗号方式',
};

const valueNames: Record<string, string> = {
  ...planNames,
  'simple-quote': '簡易お見積もり',
  'formal-quote': '正式お見積もり',
  order: 'お申込み',
  'survey-closed': '環境調査の終了',
  'migration-closed': '移行作業の終了',
  declined: 'お引き受け不可',
  closed: '案件の終了',
  ...serverNames,
  reached: '接続できました',
  'key-changed': '鍵が変わっています',
  failed: '接続できません',
  verified: '認証局が検証した証明書',
  true: '許可',
};

/** Latest first, in Japan's time. Names that are not known yet stand as they are: the history is never hidden. */
export function historyView(history: readonly HistoryEntry[]): Html {
  return html`<ol class="timeline">${history.toReversed().map(
    (entry) => html`<li><time datetime="${entry.at}">${momentText(entry.at)}</time>
<strong>${names[entry.what] ?? entry.what}</strong>${about(entry)}
<br><span class="soft">${entry.actor === 'system' ? 'システム' : `${actorNames[entry.actor]} ${entry.by}`}</span></li>`,
  )}</ol>`;
}

function about({ what, details }: HistoryEntry): Html {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(details)) {
    if (key === 'task') parts.push(taskTitle(String(value)));
    else if (key === 'dueAt') parts.push(`期限 ${momentText(String(value))}`);
    else if (what === 'stage-changed') {
      if (key === 'to') parts.push(stageNames[value as keyof typeof stageNames] ?? String(value));
    } else if (key === 'total') parts.push(`金額 ${yenText(Number(value))}`);
    else if (key === 'error') parts.push(`問題 ${problemNames[String(value)] ?? value}`);
    else parts.push(`${words[key] ?? key} ${valueNames[String(value)] ?? value}`);
  }
  return html`${parts.length > 0 && html`<br>${parts.join('・')}`}`;
}

function taskTitle(id: string): string {
  const [kind = '', generation] = id.split('.');
  const title = kind in tasks ? tasks[kind as TaskKind].title : kind;
  return generation && generation !== '1' ? `${title}（${generation}回目）` : title;
}
