import { answersOf } from '../case/answers.ts';
import type { Case, DocumentShown, Task } from '../case/case.ts';
import type { Form } from '../case/form.ts';
import { formFor } from '../case/forms/index.ts';
import { isLocked } from '../case/lifecycle.ts';
import { holdersOf } from '../case/mail-holders.ts';
import type { Flow, Ports } from '../case/ports.ts';
import { previewOf } from '../case/preview.ts';
import type { Quote } from '../case/quote.ts';
import { type TaskKind, tasks } from '../case/tasks.ts';
import { alreadyDonePage, latePage, newerLinkPage, receivedPage } from '../pages/after-submit-pages.ts';
import type { Problems, Typed } from '../pages/fields.ts';
import { formPage } from '../pages/form-page.ts';
import { siteOf } from '../pages/site.ts';
import type { FoundTask } from './find-task.ts';
import { firstTyped, text } from './first-typed.ts';

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
  const work = text(c, 'migration-details', 'customerWork');
  const preview = certificate && previewOf(c);
  return formPage({
    ...slipOf(ports, c),
    kind: task.kind,
    draft: draftOf(c, task),
    serverKind: c.customer.serverKind,
    ordered: isLocked(c),
    dueAt: task.dueAt,
    form: formFor(task.kind, c, ports.settings, ports.clock.now()),
    typed: refused?.typed ?? firstTyped(c, task, ports.clock.now()),
    ...(refused && { problems: refused.problems }),
    ...(task.remarks && { remarks: task.remarks }),
    documents: documentsOf(c, documentsShown[task.kind]),
    ...(quote && { quote, quotePdfHref: `${at}/quote.pdf` }),
    ...(certificate && { results: latestTransfers(c), certificateHref: `${at}/certificate.pdf` }),
    ...(certificate && work && { customerWork: work }),
    ...(preview && { preview }),
  });
}

/** The page after a step: `fresh` right after it, else that it had been done before. */
export function donePage(
  ports: Ports,
  { c, task }: Pick<FoundTask, 'c' | 'task'>,
  at: string,
  fresh: boolean,
): string {
  const form = formFor(task.kind, c, ports.settings, ports.clock.now());
  const holders = c.forms['source-access']?.taskId === task.id ? holdersOf(c) : [];
  const view = {
    ...slipOf(ports, c),
    kind: task.kind,
    draft: draftOf(c, task),
    ordered: isLocked(c),
    title: tasks[task.kind].title,
    receivedAt: task.completedAt ?? task.openedAt,
    answers: answersTo(c, task, form),
    ...(holders.length > 0 && {
      mailboxes: {
        href: `${at}/mailbox-links`,
        holders: holders.map(({ user, answeredAt }) => ({ user, answered: answeredAt !== undefined })),
      },
    }),
  };
  return fresh ? receivedPage(view) : alreadyDonePage(view);
}

/** The same is asked again, by a newer mail: sent back, deadline extended, or the work was done once more. */
export function askedAgain(c: Case, task: Task): Task | undefined {
  return c.tasks.find(
    ({ kind, generation, status }) => kind === task.kind && generation > task.generation && status === 'open',
  );
}

export function askedAgainPage(ports: Ports, { c, task }: FoundTask, newer: Task): string {
  const { title } = tasks[task.kind];
  return newerLinkPage({ ...slipOf(ports, c), title, dueAt: newer.dueAt });
}

export function lateTaskPage(ports: Ports, { c, task }: FoundTask): string {
  const { title } = tasks[task.kind];
  return latePage({ ...slipOf(ports, c), title, dueAt: task.dueAt });
}

/** A step that is asked again begins anew. */
const draftOf = (c: Case, task: Task) => `${c.id}/${task.id}`;

function slipOf(ports: Ports, c: Case) {
  const { company, person, serverKind } = c.customer;
  return { site: siteOf(ports.settings, serverKind), reference: c.id, company, person };
}

/** Only of the latest submission: an earlier one was sent back, and the later says what counts. */
export function answersTo(c: Case, task: Task, form: Pick<Form<unknown>, 'sections'>) {
  const submission = c.forms[task.kind];
  return submission?.taskId === task.id ? answersOf(form.sections, submission.value) : [];
}

/** Of each plan the last run, in the order of the plans: what counts now. */
function latestTransfers(c: Case) {
  return c.plans.flatMap((plan) => c.transfers.findLast((one) => one.plan === plan) ?? []);
}

function documentsOf(c: Case, flow: Flow | undefined) {
  const shown = c.documents.filter((document: DocumentShown) => document.flow === flow).slice(-4);
  return shown.map(({ title, revision, sha256 }) => ({ title, revision, href: `/documents/${sha256}` }));
}
