import { customerName } from '../../case/customer-name.ts';
import type { Form } from '../../case/form.ts';
import type { Person } from '../../case/identity.ts';
import { stageNames, yenText } from '../../case/wording.ts';
import type { Problems, Typed } from '../fields.ts';
import { errorSummary, fieldsOf, formBody } from '../form-body.ts';
import { type Html, html, safeHref } from '../markup.ts';
import type { Site } from '../site.ts';
import { smallForm } from '../small-form.ts';
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
import { confidedButton } from './confided-page.ts';
import { type ConnectionView, connectionsCard } from './connections-card.ts';
import { type DatabaseSurveyView, databaseSurveyCard } from './database-survey-card.ts';
import { type DraftQuote, draftQuoteCard } from './draft-quote.ts';
import { historyView } from './history-view.ts';
import { problemsView } from './problem-view.ts';
import { consolePage } from './shell.ts';
import { stageRoute } from './stage-route.ts';
import { refreshOf, waiting } from './waiting-view.ts';

/** The form of an open step, for whoever may answer it. */
export interface StepForm {
  taskId: string;
  form: Pick<Form<unknown>, 'title' | 'lead' | 'sections' | 'submit'>;
  /** Where it is posted. */
  action: string;
  typed?: Typed;
  problems?: Problems;
  hidden?: Readonly<Record<string, string>>;
  /** It is somebody else's turn; who looks may stand in. */
  onBehalf?: boolean;
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
  /** What the move will break in web data. */
  fixesHref?: string;
  /** There is access information, and who looks may see it. */
  confided?: boolean;
  /** The servers whose access is confided. */
  connections?: readonly ConnectionView[];
  databaseSurvey?: DatabaseSurveyView;
  /** To ask the customer for access again, while a step needs it. */
  accessAgain?: Omit<StepForm, 'taskId' | 'onBehalf'>;
  /** What is about to be approved. */
  draft?: DraftQuote;
  /** The page looks again by itself while data moves. */
  watched?: boolean;
}

export function casePage(view: CasePageView): string {
  const { case: c, steps } = view;
  const open = c.tasks.filter((task) => task.status === 'open');
  const forms = [...steps, view.accessAgain, ...(view.connections ?? []).map(({ acceptance }) => acceptance)];
  const failed = forms.some((form) => form?.problems && Object.keys(form.problems).length > 0);
  const refresh = refreshOf(c, open, view.watched === true);
  return consolePage({
    site: view.site,
    person: view.person,
    ...(refresh && { refresh }),
    title: `${failed ? 'エラー: ' : ''}${c.id} ${customerName(c.customer)}`,
    body: html`<div class="bar"><h1><span class="figures">${c.id}</span> ${customerName(c.customer)}</h1><span class="badge ${ending(c.stage)}">${stageNames[c.stage]}</span></div>
${stageRoute(c.stage)}
${view.message && html`<p class="note good" role="status">${view.message}</p>`}
<div class="grid2 wide"><div>
${problemsView(c.problems, c.id, open.length > 0)}
${waiting(open, c, view.watched === true)}
${typeof view.draft === 'string' && draftQuoteCard(view.draft)}
${steps.map((step) => stepView(step, open))}
${view.confided && confidedButton(c.id)}
${connectionsCard(view.connections ?? [])}
${databaseSurveyCard(view.databaseSurvey)}
${view.accessAgain && accessAgain(view.accessAgain)}
${view.fixesHref && html`<p class="card send"><a class="button" href="${safeHref(view.fixesHref)}">Web データの修正箇所</a></p>`}
${view.surveyHref && html`<p class="card send"><a class="button main" href="${safeHref(view.surveyHref)}">環境調査報告を送る</a></p>`}
${typeof view.draft === 'object' && draftQuoteCard(view.draft)}
${view.draft !== undefined && surveyCard(c.survey)}
${c.progress.length + c.transfers.length > 0 && html`<section class="card"><h2>データの移行</h2>${c.progress.map(transferProgress)}${c.transfers.toReversed().map(transferResult)}</section>`}
${answersCards(c.answers, open)}
${quotesCard(c.quotes)}
${c.invoice && html`<section class="card"><h2>ご請求</h2><p>${c.invoice.href ? html`<a class="figures" href="${safeHref(c.invoice.href)}">${c.invoice.invoiceId}</a>` : c.invoice.invoiceId}・${yenText(c.invoice.total)}（税込）</p></section>`}
${view.draft === undefined && surveyCard(c.survey)}
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

function stepView(step: StepForm, open: readonly ConsoleTask[]): Html | false {
  if (!open.some(({ id }) => id === step.taskId)) return false;
  const { taskId: _, onBehalf, ...body } = step;
  const form = html`<section id="step" aria-label="${step.form.title}">${errorSummary(fieldsOf(step.form.sections), step.problems)}
${step.form.lead && html`<p>${step.form.lead}</p>`}
${formBody(body)}</section>`;
  if (!onBehalf) return form;
  return html`<details class="card folded"${step.problems && html` open`}><summary>お電話などで依頼を受けた場合：お客さまに代わって登録する</summary>${form}</details>`;
}

function accessAgain(body: NonNullable<CasePageView['accessAgain']>): Html {
  return html`<details class="card folded"${body.problems && html` open`}><summary>つながらない場合：お客さまに接続情報をもう一度お伺いする</summary>${body.form.lead && html`<p>${body.form.lead}</p>`}${smallForm(body)}</details>`;
}
