import type { TransferProblem } from '../../case/case.ts';
import { planNames } from '../../case/eligibility.ts';
import { sourceStillClosed } from '../../case/record-transfer.ts';
import { momentText } from '../../case/wording.ts';
import { type Html, html, lines } from '../markup.ts';
import { consolePaths } from './shell.ts';

/** An error's name in words: names are for machines. */
export const problemNames: Record<string, string> = {
  TransientError: '接続の問題',
  RetryAfterError: '相手先の制限',
  TerminalError: '要確認',
  WindowClosedError: '作業時間の終了',
  PlanShownError: '移行する内容の確認待ち',
  InvalidInputError: '入力の誤り',
  IllegalStepError: '段階の不一致',
  VersionConflictError: '操作の重なり',
  UnexplainedObjects: '照合の不一致',
  [sourceStillClosed]: '移行元がメンテナンス状態のまま',
  'States.Timeout': '時間切れ',
};

/** By the error's name: what is known about the work so far, and what one can do. */
const advice: Record<string, string> = {
  TransientError:
    '接続の切断や混雑が続いています。移行済みの分は保持されています。時間をおいて再開してください。',
  RetryAfterError:
    '相手先の制限（接続数や転送量など）が、1日以上続いています。移行済みの分は保持されています。時間をおいて再開してください。',
  TerminalError:
    '再試行では解決しません。内容を確認し、接続情報の修正をお客さまに依頼するか、移行内容（移行先の情報）を直してから再開してください。',
  WindowClosedError:
    '移行済みの分は保持されています。お客さまと調整のうえ、すぐに再開するか、日時を改めて再開してください。',
  PlanShownError:
    '「移行の内容と照合の報告」で件数、容量、移行しないものを確認してください。よければ「すぐに再開する」でコピーを始めます。',
  InvalidInputError: '入力された情報に誤りがあります。該当の箇所を修正してから再開してください。',
  IllegalStepError:
    '案件の段階が合いません。最新の画面を開いて、段階を確認してください。データは変更されていません。',
  VersionConflictError:
    'ほかの操作と重なりました。最新の画面を開き、もう一度操作してください。データは変更されていません。',
  UnexplainedObjects:
    '移行元と移行先の照合で、説明のつかないデータがあります。移行記録を確認してから再実行してください。完了にはできません。',
  [sourceStillClosed]:
    'お預かりした接続情報は消去したため、当方からは操作できません。お客さまにご連絡し、ファイルの削除を確認してください。',
  'States.Timeout': '制限時間内に終わりませんでした。移行済みの分は保持されています。再開してください。',
};

/** `open`: somebody still works on the case. Afterwards only what outlives the work is of interest. */
export function problemsView(
  problems: readonly TransferProblem[],
  reference: string,
  open: boolean,
): Html | false {
  const shown = problems.filter(({ error }) => open || error === sourceStillClosed);
  if (shown.length === 0) return false;
  return html`<section class="note bad" aria-labelledby="problems-title"><h2 id="problems-title">${open ? '停止している作業があります' : '移行元に残っている作業があります'}</h2>
${shown.map(
  ({
    plan,
    run,
    error,
    message,
    at,
  }) => html`<h3>${planNames[plan]}（${run}回目） <span class="badge bad" title="${error}">${problemNames[error] ?? error}</span></h3>
<p>${lines(message)}<br><span class="soft">${momentText(at)}</span></p>
<p><a href="${consolePaths.transfer(reference, plan, run)}">移行の内容と照合の報告</a></p>
<p><strong>対応:</strong> ${advice[error] ?? '内容を確認し、再開するか、お客さまにご連絡ください。移行済みの分は保持されています。'}</p>`,
)}</section>`;
}
