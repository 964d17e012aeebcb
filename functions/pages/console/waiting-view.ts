import { type TaskKind, tasks } from '../../case/tasks.ts';
import { actorNames, deadlineText, momentText } from '../../case/wording.ts';
import type { Refresh } from '../layout.ts';
import { type Html, html, lines, safeHref } from '../markup.ts';
import type { CaseView, ConsoleTask } from './case-view.ts';
import { consolePaths } from './shell.ts';

/** Nobody has a step: the product is at work, or the case is over. */
function atWork({ stage, startsAt, waitsFor }: CaseView, open: readonly ConsoleTask[]): boolean {
  const waits = startsAt !== undefined || waitsFor !== undefined;
  return open.length === 0 && !['invoiced', 'declined', 'closed'].includes(stage) && !waits;
}

/** Soon over, so it is looked at again unasked; a transfer takes hours, so that is for the person to choose. */
export function refreshOf(c: CaseView, open: readonly ConsoleTask[], watched: boolean): Refresh | undefined {
  if (!atWork(c, open)) return undefined;
  const at = consolePaths.case(c.id);
  if (c.stage === 'migrating') return watched ? { seconds: 5, to: `${at}?watch=yes` } : undefined;
  return { seconds: 3, to: at };
}

/** Whose turn it is, and until when. */
export function waiting(open: readonly ConsoleTask[], c: CaseView, watched: boolean): Html {
  if (open.length > 0) return html`${open.map(taskNote)}`;
  if (['invoiced', 'declined', 'closed'].includes(c.stage))
    return html`<p class="note info">この案件の手続きは、すべて終わっています。</p>`;
  if (c.startsAt)
    return html`<p class="note info">移行作業は、${momentText(c.startsAt)}に自動で始まります。それまで、対応は必要ありません。</p>`;
  if (c.waitsFor)
    return html`<p class="note info">コピーしてよい時間帯（${c.waitsFor.hours}）を待っています。${momentText(c.waitsFor.until)}に、自動で続きから再開します。対応は必要ありません。</p>`;
  if (c.stage !== 'migrating')
    return html`<p class="note info">自動処理中です。数秒後に、この画面が新しくなります。</p>`;
  const at = consolePaths.case(c.id);
  return html`<div class="note info"><p>移行作業中です。終わるか、対応が必要になると、ここに表示されます。</p>
<p>${
    watched
      ? html`5秒ごとに新しくなります。<a href="${safeHref(at)}">自動の更新を止める</a>`
      : html`<a href="${safeHref(`${at}?watch=yes`)}">進み具合を自動で更新する</a>`
  }</p></div>`;
}

function taskNote(task: ConsoleTask): Html {
  return html`<section class="note ${task.overdue ? 'bad' : 'info'}"><h2>${task.title} <span class="badge ${task.actor}">${actorNames[task.actor]}</span></h2>
<p>期限: ${deadlineText(task.dueAt)}${task.overdue && html` <span class="late">期限超過</span>`}</p>
${task.remarks && html`<p>差戻しの理由: ${lines(task.remarks)}</p>`}${factsView(task)}</section>`;
}

function factsView({ facts = {} }: ConsoleTask): Html | false {
  const { about, errors, ...rest } = facts;
  return html`${about && html`<p>対象の手続き: ${about in tasks ? tasks[about as TaskKind].title : about}</p>`}
${errors && html`<p>報告の誤り:<br>${lines(errors)}</p>`}
${Object.entries(rest).map(([name, value]) => html`<p>${name}: ${lines(value)}</p>`)}`;
}
