import { answersOf } from '../case/answers.ts';
import type { Case, DocumentShown, Task } from '../case/case.ts';
import type { Form } from '../case/form.ts';
import { formFor } from '../case/forms/index.ts';
import { isLocked } from '../case/lifecycle.ts';
import type { Flow, Ports } from '../case/ports.ts';
import type { Quote } from '../case/quote.ts';
import type { TaskKind } from '../case/tasks.ts';
import { alreadyDonePage, latePage, receivedPage } from '../pages/after-submit-pages.ts';
import type { Problems, Typed } from '../pages/fields.ts';
import { formPage } from '../pages/form-page.ts';
import { siteOf } from '../pages/site.ts';
import type { FoundTask } from './find-task.ts';

const quoteShown: Partial<Record<TaskKind, Quote['kind']>> = {
  'formal-quote-request': 'simple',
  order: 'formal',
  'extra-order': 'extra',
};
const documentsShown: Partial<Record<TaskKind, Flow>> = {
  'hearing-sheet': 'simple-quote',
  consent: 'formal-quote',
  order: 'order',
};

/** The quote that the step answers. */
export function quoteOf(c: Case, kind: TaskKind): Quote | undefined {
  return c.quotes.findLast((quote) => quote.kind === quoteShown[kind]);
}

/** The page of an open step; `at` is the path that it was opened at. */
export function taskPage(
  ports: Ports,
  { c, task }: FoundTask,
  at: string,
  refused?: { typed: Typed; problems: Problems },
): string {
  const quote = quoteOf(c, task.kind);
  const certificate = task.kind === 'acceptance';
  return formPage({
    ...slipOf(ports, c),
    kind: task.kind,
    serverKind: c.customer.serverKind,
    ordered: isLocked(c),
    dueAt: task.dueAt,
    form: formFor(task.kind, c, ports.settings, ports.clock.now()),
    typed: refused?.typed ?? lastTyped(c, task),
    ...(refused && { problems: refused.problems }),
    ...(task.remarks && { remarks: task.remarks }),
    documents: documentsOf(c, documentsShown[task.kind]),
    ...(quote && { quote, quotePdfHref: `${at}/quote.pdf` }),
    ...(certificate && { results: c.transfers, certificateHref: `${at}/certificate.pdf` }),
  });
}

/** The page after a step: `fresh` right after it, else that it had been done before. */
export function donePage(ports: Ports, { c, task }: Pick<FoundTask, 'c' | 'task'>, fresh: boolean): string {
  const form = formFor(task.kind, c, ports.settings, ports.clock.now());
  const view = {
    ...slipOf(ports, c),
    kind: task.kind,
    title: form.title,
    receivedAt: task.completedAt ?? task.openedAt,
    answers: answersTo(c, task, form),
  };
  return fresh ? receivedPage(view) : alreadyDonePage(view);
}

export function lateTaskPage(ports: Ports, { c, task }: FoundTask): string {
  const { title } = formFor(task.kind, c, ports.settings, ports.clock.now());
  return latePage({ ...slipOf(ports, c), title, dueAt: task.dueAt });
}

function slipOf(ports: Ports, c: Case) {
  const { company, person, serverKind } = c.customer;
  return { site: siteOf(ports.settings, serverKind), reference: c.id, company, person };
}

/** Only of the latest submission: an earlier one was sent back, and the later says what counts. */
export function answersTo(c: Case, task: Task, form: Pick<Form<unknown>, 'sections'>) {
  const submission = c.forms[task.kind];
  return submission?.taskId === task.id ? answersOf(form.sections, submission.value) : [];
}

/** A form that came back opens with what was handed in; a hearing sheet with what we know already. */
function lastTyped(c: Case, task: Task): Typed {
  const value =
    (task.remarks && c.forms[task.kind]?.value) || (task.kind === 'hearing-sheet' && c.customer) || {};
  return Object.fromEntries(
    Object.entries(value).map(([name, answer]) => [
      name,
      Array.isArray(answer) ? answer.map(String) : typedText(answer),
    ]),
  );
}

function typedText(answer: unknown): string {
  return answer === true ? 'yes' : String(answer ?? '');
}

function documentsOf(c: Case, flow: Flow | undefined) {
  const shown = c.documents.filter((document: DocumentShown) => document.flow === flow).slice(-4);
  return shown.map(({ title, revision, sha256 }) => ({ title, revision, href: `/documents/${sha256}` }));
}
