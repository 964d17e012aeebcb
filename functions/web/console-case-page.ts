import type { Case, Plan } from '../case/case.ts';
import { IllegalStepError, InvalidInputError } from '../case/errors.ts';
import { formFor } from '../case/forms/index.ts';
import type { Person } from '../case/identity.ts';
import { formalQuote } from '../case/make-quote.ts';
import type { Ports } from '../case/ports.ts';
import type { TaskKind } from '../case/tasks.ts';
import { mayScan } from '../case/web-fixes/scan-decisions.ts';
import { casePage } from '../pages/console/case-page.ts';
import { caseViewOf } from '../pages/console/case-view.ts';
import type { DraftQuote } from '../pages/console/draft-quote.ts';
import { fixesPath } from '../pages/console/fixes-page.ts';
import { consolePaths } from '../pages/console/shell.ts';
import type { Problems, Typed } from '../pages/fields.ts';
import { siteOf } from '../pages/site.ts';
import { accessAgainView, connectionViews } from './connection-views.ts';
import { mayAnswer } from './console-case.ts';
import { hasConfided } from './console-confided.ts';
import { databaseSurveyView } from './console-database-survey.ts';
import { invoiceHref } from './console-invoices.ts';
import { stepForms } from './console-steps.ts';
import { surveyPath } from './console-survey.ts';
import { keptAnswers } from './kept-answers.ts';
import { progressOf } from './transfer-progress.ts';

export interface AfterPost {
  message?: string;
  /** Looks again by itself while data moves. */
  watched?: boolean;
  /** `formId`: the task's id, or what connection-views.ts calls its forms. */
  refused?: { formId: string; typed: Typed; problems: Problems };
}

/** A case as the person who is signed in sees it, with the forms that are theirs to answer. */
export async function consoleCasePage(
  ports: Ports,
  c: Case,
  person: Person,
  after: AfterPost,
): Promise<string> {
  const now = ports.clock.now();
  const at = consolePaths.case(c.id);
  const open = c.tasks.filter((task) => task.status === 'open' && mayAnswer(person, task));
  const kept = await Promise.all(
    open.map(async ({ id, kind }) => [id, await keptAnswers(ports, c, kind)] as const),
  );
  const steps = stepForms(ports, c, person, open, new Map(kept), after.refused, at);
  const view = caseViewOf(c, {
    history: await ports.records.history(c.id),
    now: now.toISOString(),
    sectionsOf: (kind: TaskKind) =>
      kind === 'survey' ? undefined : formFor(kind, c, ports.settings, now).sections,
    quoteHref: (number) => `${at}/quotes/${number}.pdf`,
    ledgerHref: (plan, run) => `${at}/ledgers/${plan}/${run}`,
    ...(person.role !== 'finance' && {
      transferHref: (plan: Plan, run: number) => consolePaths.transfer(c.id, plan, run),
    }),
    progress: await progressOf(ports, c),
    ...(c.invoice && { invoice: { ...c.invoice, href: invoiceHref(c.id) } }),
  });
  const accessAgain = accessAgainView(c, person, after.refused);
  const databaseSurvey = databaseSurveyView(c, person);
  const surveys = open.some(({ kind }) => kind === 'survey');
  return casePage({
    site: siteOf(ports.settings, c.customer.serverKind),
    person,
    case: view,
    steps,
    connections: connectionViews(c, person, after.refused),
    ...(databaseSurvey && { databaseSurvey }),
    ...(accessAgain && { accessAgain }),
    ...(after.message && { message: after.message }),
    ...(after.watched && { watched: true }),
    ...(person.role === 'engineer' && hasConfided(c) && { confided: true }),
    ...(open.some(({ kind }) => kind === 'formal-quote-review') && { draft: draftOf(ports, c) }),
    ...(surveys && { surveyHref: surveyPath(c.id) }),
    ...(showsFixes(c, person) && { fixesHref: fixesPath(c.id) }),
  });
}

/** The search for fixes (R9): once it was made, and for the engineer as soon as it can be. */
function showsFixes(c: Case, person: Person): boolean {
  if (person.role === 'finance') return false;
  return c.webFixes !== undefined || (person.role === 'engineer' && mayScan(c));
}

/** The formal quote as it would be issued now, without what staff may add to it; or why there can be none. */
function draftOf({ settings, clock }: Ports, c: Case): DraftQuote {
  if (c.survey?.feasible === false)
    return '環境調査の判定が「不可」です。お断りする理由を入力して、お断りしてください。';
  try {
    return formalQuote({ c, settings, now: clock.now() });
  } catch (error) {
    if (error instanceof InvalidInputError) return Object.values(error.fields).join('\n');
    if (error instanceof IllegalStepError) return error.message;
    throw error;
  }
}
