import type { Case } from '../case/case.ts';
import { formFor } from '../case/forms/index.ts';
import type { Person } from '../case/identity.ts';
import type { Ports } from '../case/ports.ts';
import type { TaskKind } from '../case/tasks.ts';
import { casePage, type StepForm } from '../pages/console/case-page.ts';
import { caseViewOf } from '../pages/console/case-view.ts';
import { consolePaths } from '../pages/console/shell.ts';
import type { Problems, Typed } from '../pages/fields.ts';
import { siteOf } from '../pages/site.ts';
import { mayAnswer } from './console-case.ts';
import { invoiceHref } from './console-invoices.ts';
import { surveyPath } from './console-survey.ts';
import { progressOf } from './transfer-progress.ts';

export interface AfterPost {
  message?: string;
  refused?: { taskId: string; typed: Typed; problems: Problems };
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
  const steps: StepForm[] = open
    .filter(({ kind }) => kind !== 'survey')
    .map(({ id, kind }) => {
      const refused = after.refused?.taskId === id ? after.refused : undefined;
      const form = formFor(kind, c, ports.settings, now);
      return {
        taskId: id,
        form,
        action: `${at}/tasks/${id}`,
        ...(refused && { typed: refused.typed, problems: refused.problems }),
      };
    });
  const view = caseViewOf(c, {
    history: await ports.records.history(c.id),
    now: now.toISOString(),
    sectionsOf: (kind: TaskKind) =>
      kind === 'survey' ? undefined : formFor(kind, c, ports.settings, now).sections,
    quoteHref: (number) => `${at}/quotes/${number}.pdf`,
    ledgerHref: (plan, run) => `${at}/ledgers/${plan}/${run}`,
    progress: await progressOf(ports, c),
    ...(c.invoice && { invoice: { ...c.invoice, href: invoiceHref(c.id) } }),
  });
  const surveys = open.some(({ kind }) => kind === 'survey');
  return casePage({
    site: siteOf(ports.settings, c.customer.serverKind),
    person,
    case: view,
    steps,
    ...(after.message && { message: after.message }),
    ...(surveys && { surveyHref: surveyPath(c.id) }),
  });
}
