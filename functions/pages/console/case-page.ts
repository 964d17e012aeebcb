import type { Form } from '../../case/form.ts';
import type { Person } from '../../case/identity.ts';
import { type TaskKind, tasks } from '../../case/tasks.ts';
import { actorNames, deadlineText, stageNames, yenText } from '../../case/wording.ts';
import type { Problems, Typed } from '../fields.ts';
import { errorSummary, fieldsOf, formBody } from '../form-body.ts';
import { type Html, html, lines, safeHref } from '../markup.ts';
import type { Site } from '../site.ts';
import { transferProgress, transferResult } from '../transfer-view.ts';
import {
  answersCards,
  customerCard,
  documentsCard,
  erasuresCard,
  quotesCard,
  surveyCard,
  taskTable,
} from './case-parts.ts';
import type { CaseView, ConsoleTask } from './case-view.ts';
import { historyView } from './history-view.ts';
import { problemsView } from './problem-view.ts';
import { consolePage } from './shell.ts';
import { stageRoute } from './stage-route.ts';

/** The form of an open step, for whoever may answer it. */
export interface StepForm {
  taskId: string;
  form: Pick<Form<unknown>, 'title' | 'lead' | 'sections' | 'submit'>;
  /** Where it is posted. */
  action: string;
  typed?: Typed;
  problems?: Problems;
  hidden?: Readonly<Record<string, string>>;
}

export interface CasePageView {
  site: Site;
  person: Person;
  case: CaseView;
  steps: readonly StepForm[];
  /** Said once, after something was done. */
  message?: string;
  /** The page on which the survey report is sent in, while it is awaited. */
  surveyHref?: string;
}

export function casePage(view: CasePageView): string {
  const { case: c, steps } = view;
  const open = c.tasks.filter((task) => task.status === 'open');
  const failed = steps.some(({ problems }) => problems && Object.keys(problems).length > 0);
  return consolePage({
    site: view.site,
    person: view.person,
    title: `${failed ? 'エラー: ' : ''}${c.id} ${c.customer.company}`,
    body: html`<div class="bar"><h1><span class="figures">${c.id}</span> ${c.customer.company}</h1><span class="badge ${ending(c.stage)}">${stageNames[c.stage]}</span></div>
${stageRoute(c.stage)}
${view.message && html`<p class="note good" role="status">${view.message}</p>`}
<div class="grid2 wide"><div>
${problemsView(c.problems)}
${waiting(open, c)}
${steps.map((step) => stepView(step, open))}
${view.surveyHref && html`<p class="card"><a class="button" href="${safeHref(view.surveyHref)}">環境調査報告を送る</a></p>`}
${c.progress.length + c.transfers.length > 0 && html`<section class="card"><h2>データの移行</h2>${c.progress.map(transferProgress)}${c.transfers.toReversed().map(transferResult)}</section>`}
${answersCards(c.answers)}
${quotesCard(c.quotes)}
${c.invoice && html`<section class="card"><h2>ご請求</h2><p>${c.invoice.href ? html`<a class="figures" href="${safeHref(c.invoice.href)}">${c.invoice.invoiceId}</a>` : c.invoice.invoiceId}・${yenText(c.invoice.total)}（税込）</p></section>`}
${surveyCard(c.survey)}
${taskTable(c.tasks)}
${documentsCard(c.documents)}
${erasuresCard(c.erasures)}
</div><div>
${customerCard(c)}
<section class="card"><h2>経過</h2>${historyView(c.history)}</section>
</div></div>`,
  });
}

function ending(stage: CaseView['stage']): string {
  if (stage === 'declined' || stage === 'closed') return 'plain';
  return stage === 'completed' || stage === 'invoiced' ? 'good' : 'care';
}

/** Whose turn it is, and until when. */
function waiting(open: readonly ConsoleTask[], c: CaseView): Html {
  if (open.length === 0) {
    const ended = ['invoiced', 'declined', 'closed'].includes(c.stage);
    return html`<p class="note info">${ended ? 'この案件の手続きは、すべて終わっています。' : '自動処理中です。対応が必要になると、ここに表示されます。'}</p>`;
  }
  return html`${open.map(
    (
      task,
    ) => html`<section class="note ${task.overdue ? 'bad' : 'info'}"><h2>${task.title} <span class="badge ${task.actor}">${actorNames[task.actor]}</span></h2>
<p>期限: ${deadlineText(task.dueAt)}${task.overdue && html` <span class="late">期限超過</span>`}</p>
${task.remarks && html`<p>差戻しの理由: ${lines(task.remarks)}</p>`}${factsView(task)}</section>`,
  )}`;
}

function factsView({ facts = {} }: ConsoleTask): Html | false {
  const { about, errors, ...rest } = facts;
  return html`${about && html`<p>対象の手続き: ${about in tasks ? tasks[about as TaskKind].title : about}</p>`}
${errors && html`<p>報告の誤り:<br>${lines(errors)}</p>`}
${Object.entries(rest).map(([name, value]) => html`<p>${name}: ${lines(value)}</p>`)}`;
}

function stepView(step: StepForm, open: readonly ConsoleTask[]): Html | false {
  if (!open.some(({ id }) => id === step.taskId)) return false;
  const { taskId: _, ...body } = step;
  return html`<section id="step" aria-label="${step.form.title}">${errorSummary(fieldsOf(step.form.sections), step.problems)}
${step.form.lead && html`<p>${step.form.lead}</p>`}
${formBody(body)}</section>`;
}
