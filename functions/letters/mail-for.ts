import { answersOf } from '../case/answers.ts';
import type { Case, OutboxEntry, Task } from '../case/case.ts';
import { copyHoursOf, copyHoursText } from '../case/copy-hours.ts';
import { formFor } from '../case/forms/index.ts';
import { linkToken } from '../case/link-token.ts';
import { holdersOf } from '../case/mail-holders.ts';
import type { Mail } from '../case/ports.ts';
import type { Quote } from '../case/quote.ts';
import { sourceStillClosed } from '../case/record-transfer.ts';
import type { Settings } from '../case/settings.ts';
import type { TaskKind } from '../case/tasks.ts';
import type { LetterView } from './letter.ts';
import type { Papers } from './papers.ts';
import { renderLetter } from './render-letter.ts';

type MailEntry = Extract<OutboxEntry, { kind: 'mail' }>;

/** Letters that ask for something, and so carry its link and its papers. */
const asks = ['task-opened', 'task-returned', 'task-reminder', 'simple-quote'];
const quoteOf: Partial<Record<TaskKind, Quote['kind']>> = {
  'formal-quote-request': 'simple',
  order: 'formal',
  'extra-order': 'extra',
};

/**
 * The mail that an entry of the outbox stands for, from the case as it is now. Its Message-ID is the entry's id, so that
 * one recorded intent stays one mail in the eyes of every mail program, however often it is sent.
 */
export async function mailFor(
  entry: MailEntry,
  c: Case,
  settings: Settings,
  linkKey: Uint8Array,
  papers: Papers,
): Promise<Mail> {
  const task = c.tasks.find((candidate) => candidate.id === entry.taskId);
  const quote = task && c.quotes.findLast((candidate) => candidate.kind === quoteOf[task.kind]);
  const invoice = entry.letter === 'invoice-issued' ? c.invoice : undefined;
  const attachments: Mail['attachments'][number][] = [];
  const attach = (name: string, content: Uint8Array) =>
    attachments.push({ filename: `${name}.pdf`, contentType: 'application/pdf', content });
  if (asks.includes(entry.letter)) {
    if (quote) attach(quote.number, await papers.quote(quote));
    if (task?.kind === 'acceptance') attach(`${c.id}-certificate`, await papers.certificate(c, settings));
  }
  if (invoice) attach(invoice.invoiceId, await papers.invoice(invoice));

  const link = linkFor(entry, c, task, settings, linkKey);
  const schedule = entry.letter === 'migration-scheduled' ? scheduleOf(c) : undefined;
  const leftToDo =
    entry.letter === 'source-still-closed' &&
    c.problems.find(({ error }) => error === sourceStillClosed)?.message;
  const reason = declineReason(c) ?? c.survey?.reason;
  const view: LetterView = {
    letter: entry.letter,
    to: entry.to,
    case: c,
    settings,
    ...(task && { task }),
    ...(link && { link }),
    ...(quote && { quote }),
    ...(entry.letter === 'received' && task && { received: receivedAnswers(c, task, settings, entry) }),
    ...(entry.letter === 'received' && task && { asksHolders: asksHolders(c, task) }),
    ...(leftToDo && { leftToDo }),
    ...(reason && { reason }),
    ...(schedule && { schedule }),
    ...(invoice && { invoice }),
    attachments: attachments.map(({ filename }) => filename),
  };
  const { mail } = settings;
  const to = {
    customer: c.customer.mail,
    staff: mail.staff,
    engineer: mail.engineers,
    finance: mail.finance,
  };
  return { messageId: `${entry.id}@${mail.domain}`, to: to[entry.to], ...renderLetter(view), attachments };
}

/** A customer's link opens one step; colleagues sign in and see the case. */
function linkFor(
  entry: MailEntry,
  c: Case,
  task: Task | undefined,
  settings: Settings,
  linkKey: Uint8Array,
): string | undefined {
  if (entry.to !== 'customer') return `${settings.baseUrl}/console/cases/${c.id}`;
  if (!task?.linkSeed || !asks.includes(entry.letter)) return undefined;
  return `${settings.baseUrl}/t/${linkToken(linkKey, task.linkSeed)}`;
}

function receivedAnswers(c: Case, task: Task, settings: Settings, entry: MailEntry) {
  const submission = c.forms[task.kind];
  if (submission?.taskId !== task.id) return [];
  return answersOf(formFor(task.kind, c, settings, new Date(entry.createdAt)).sections, submission.value);
}

function asksHolders(c: Case, task: Task): boolean {
  return c.forms['source-access']?.taskId === task.id && holdersOf(c).some(({ answeredAt }) => !answeredAt);
}

function scheduleOf(c: Case): LetterView['schedule'] {
  const { startsAt, windowEndsAt, customerWork } = c.forms['migration-details']?.value ?? {};
  if (typeof startsAt !== 'string' || typeof windowEndsAt !== 'string') return undefined;
  const hours = copyHoursOf(c);
  return {
    startsAt,
    windowEndsAt,
    ...(hours && { copyHours: copyHoursText(hours) }),
    ...(typeof customerWork === 'string' && { customerWork }),
  };
}

function declineReason(c: Case): string | undefined {
  const reason = c.forms['formal-quote-review']?.value.declineReason;
  return typeof reason === 'string' ? reason : undefined;
}
