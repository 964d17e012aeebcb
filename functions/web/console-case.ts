import type { Context, Hono } from 'hono';
import type { Case, Task } from '../case/case.ts';
import type { CompletionStatus } from '../case/complete-task.ts';
import { InvalidInputError } from '../case/errors.ts';
import type { Person } from '../case/identity.ts';
import type { Ports } from '../case/ports.ts';
import { tasks } from '../case/tasks.ts';
import { quotePdf } from '../letters/pdf/quote-pdf.ts';
import { ledgerCsv } from '../migration/record-csv.ts';
import { afterStep, type ConsoleEnvironment, type Outcome, only } from './console-access.ts';
import { consoleCasePage } from './console-case-page.ts';
import { keptAnswers } from './kept-answers.ts';
import { postedForm, RefusedRequest } from './posted-form.ts';
import { downloadResponse, pdfResponse } from './respond.ts';
import { submitTask } from './submit-task.ts';

/** What is said after a form was handed in; `gone` and `already` are what a second browser hears. */
const messages: Record<Outcome, string> = {
  done: '受け付けました。',
  already: 'この手続きは、すでに完了しています。内容は変更されていません。',
  late: '期限を過ぎているため、受け付けられませんでした。期限の延長をご判断ください。',
  gone: 'この手続きは、すでに終了しています。内容は変更されていません。',
  checked: '接続の確認が終わりました。結果は「接続の確認」をご覧ください。',
  'key-accepted': '新しい鍵を承認しました。もう一度、接続を確認してください。',
  'asked-again': 'お客さまに、接続情報のご提供をもう一度お願いしました。',
};

function messageFor(outcome: string | undefined): string | undefined {
  return outcome && Object.hasOwn(messages, outcome) ? messages[outcome as keyof typeof messages] : undefined;
}

export function caseRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  const load = async (reference: string): Promise<Case> => {
    const c = await ports.records.load(reference);
    if (!c) throw new RefusedRequest(404);
    return c;
  };

  app.get('/console/cases/:id', async (context) => {
    const c = await load(context.req.param('id'));
    const message = messageFor(context.req.query('outcome'));
    return context.html(
      await consoleCasePage(ports, c, context.get('person'), {
        ...(message && { message }),
        watched: context.req.query('watch') === 'yes',
      }),
    );
  });

  app.post('/console/cases/:id/tasks/:task', async (context) => {
    const person = context.get('person');
    const c = await load(context.req.param('id'));
    const task = c.tasks.find(({ id }) => id === context.req.param('task'));
    if (!task || !mayAnswer(person, task)) throw new RefusedRequest(task ? 403 : 404);
    if (task.status !== 'open') return context.redirect(afterStep(c.id, statusOf(task)), 303);
    const typed = await postedForm(context.req.raw);
    try {
      const who = { actor: actorOf(person), by: person.name };
      const kept = await keptAnswers(ports, c, task.kind);
      const { status } = await submitTask(ports, { c, task }, typed, who, kept);
      return context.redirect(afterStep(c.id, status), 303);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const refused = { formId: task.id, typed, problems: error.fields };
      return context.html(await consoleCasePage(ports, c, person, { refused }), 422);
    }
  });

  app.get('/console/cases/:id/quotes/:number', async (context) => {
    const c = await load(context.req.param('id'));
    const quote = c.quotes.find(({ number }) => `${number}.pdf` === context.req.param('number'));
    if (!quote) throw new RefusedRequest(404);
    return pdfResponse(context, await quotePdf(quote), quote.number);
  });

  const ledgerOf = async (context: Context<ConsoleEnvironment>) => {
    only(context.get('person'), 'staff', 'engineer');
    const { id = '', plan, run } = context.req.param();
    const c = await load(id);
    const summary = c.transfers.find((one) => one.plan === plan && one.run === Number(run));
    if (!summary) throw new RefusedRequest(404);
    return { key: summary.ledgerKey, name: `${c.id}-${summary.plan}-${summary.run}` };
  };

  app.get('/console/cases/:id/ledgers/:plan/:run', async (context) => {
    const { key, name } = await ledgerOf(context);
    return downloadResponse(context, name, 'ndjson', ports.objects.get(key));
  });

  app.get('/console/cases/:id/ledgers/:plan/:run/csv', async (context) => {
    const { key, name } = await ledgerOf(context);
    return downloadResponse(context, name, 'csv', ledgerCsv(ports.objects, key));
  });
}

export function mayAnswer(person: Person, task: Pick<Task, 'kind'>): boolean {
  return (
    tasks[task.kind].actor === person.role ||
    (person.role === 'staff' && task.kind === 'formal-quote-request')
  );
}

function actorOf(person: Person): 'staff' | 'engineer' | 'finance' {
  return person.role;
}

/** Of a step that is open no more. */
function statusOf({ status }: Pick<Task, 'status'>): CompletionStatus {
  if (status === 'completed') return 'already';
  return status === 'expired' ? 'late' : 'gone';
}
