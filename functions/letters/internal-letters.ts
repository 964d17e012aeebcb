import { customerName } from '../case/customer-name.ts';
import { type TaskKind, tasks } from '../case/tasks.ts';
import { dayText, deadlineText, momentText, stageNames, yenText } from '../case/wording.ts';
import { type Block, type Draft, type LetterView, paragraph } from './letter.ts';
import { oneLine } from './letter-text.ts';

/** Letters to colleagues: what to do, by when, where. The case itself has the rest. */
export function internalDraft(view: LetterView): Draft {
  const title = view.task ? tasks[view.task.kind].title : stageNames[view.case.stage];
  const company = oneLine(customerName(view.case.customer), 60);
  switch (view.letter) {
    case 'task-opened':
      return {
        subject: `${title}（${company}）`,
        blocks: [paragraph(`「${title}」をお願いします。`), ...details(view)],
      };
    case 'task-returned':
      return {
        subject: `再対応：${title}（${company}）`,
        blocks: [paragraph(`「${title}」をもう一度お願いします。`), ...details(view)],
      };
    case 'task-reminder':
      return {
        subject: `期限間近：${title}（${company}）`,
        blocks: [paragraph(`「${title}」がまだ完了していません。`), ...details(view)],
      };
    case 'task-expired':
      return {
        subject: `期限超過：${title}（${company}）`,
        blocks: [
          paragraph(`「${title}」が期限までに完了しませんでした。期限の延長か終了をご判断ください。`),
          ...details(view),
        ],
      };
    case 'survey-refused':
      return {
        subject: `環境調査報告を読み込めません（${company}）`,
        blocks: [
          paragraph(
            '届いた環境調査報告に誤りがあるため、受け付けていません。環境調査は未完了のままです。次の箇所を直して、もう一度送ってください。',
          ),
          ...details(view),
        ],
      };
    case 'source-still-closed':
      return {
        subject: `移行元がメンテナンス状態のままです（${company}）`,
        blocks: [
          paragraph(
            '移行元を利用できる状態に戻せないまま、お預かりした接続情報を消去しました（作業の終了に伴う消去です）。当方からはもう操作できません。お客さまにご連絡のうえ、次の対応をお願いします。',
          ),
          ...(view.leftToDo
            ? [{ kind: 'quoted', title: '残っている作業', text: view.leftToDo } as const]
            : []),
          ...details(view),
        ],
      };
    case 'invoice-issued':
      return {
        subject: `請求書の発行（${company}）`,
        blocks: [paragraph('検収が完了し、請求書を発行しました。'), ...billing(view), ...details(view)],
      };
    case 'completed':
      return {
        subject: `検収完了（${company}）`,
        blocks: [paragraph('検収が完了しました。'), ...details(view)],
      };
    case 'declined':
      return {
        subject: `お引き受け不可（${company}）`,
        blocks: [
          paragraph('環境調査の結果、お引き受けできない旨をお客さまにお知らせしました。'),
          ...details(view),
        ],
      };
    case 'closed':
      return {
        subject: `終了（${company}）`,
        blocks: [paragraph('案件を終了し、お預かりしたデータを消去しました。'), ...details(view)],
      };
    default:
      return { subject: `${title}（${company}）`, blocks: details(view) };
  }
}

function details({ task, link, reason }: LetterView): Block[] {
  const facts = task?.facts ?? {};
  const about = facts.about;
  return [
    ...(reason ? [{ kind: 'quoted', title: '理由', text: reason } as const] : []),
    ...(about ? [paragraph(`対象：${about in tasks ? tasks[about as TaskKind].title : about}`)] : []),
    ...(facts.errors ? [{ kind: 'quoted', title: '誤りの箇所', text: facts.errors } as const] : []),
    ...(task?.remarks ? [{ kind: 'quoted', title: '差戻しの理由', text: task.remarks } as const] : []),
    ...(task ? [{ kind: 'facts', rows: [{ label: '期限', value: deadlineText(task.dueAt) }] } as const] : []),
    ...(task?.completedAt ? [paragraph(`受付日時：${momentText(task.completedAt)}`)] : []),
    ...(link ? [{ kind: 'link', label: '案件を開く', href: link } as const] : []),
  ];
}

function billing({ invoice }: LetterView): Block[] {
  if (!invoice) return [];
  return [
    {
      kind: 'facts',
      rows: [
        { label: '請求書番号', value: invoice.invoiceId },
        { label: '宛先', value: invoice.recipient },
        { label: '発行日', value: dayText(invoice.issuedOn) },
        { label: '金額（税込）', value: yenText(invoice.total) },
      ],
    },
  ];
}
