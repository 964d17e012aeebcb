import { type AnswerSection, answersOf } from '../../case/answers.ts';
import type { Actor, Case, HistoryEntry, Plan, Task, TransferProblem } from '../../case/case.ts';
import { copyHoursOf, copyHoursText } from '../../case/copy-hours.ts';
import type { Section } from '../../case/form.ts';
import type { Invoice } from '../../case/invoice.ts';
import { type TaskKind, tasks } from '../../case/tasks.ts';
import { workTime } from '../../case/work-time.ts';
import type { TransferProgress, TransferResult } from '../transfer-view.ts';
import { particularsOf } from './particulars.ts';

export interface ConsoleTask {
  id: string;
  kind: TaskKind;
  generation: number;
  title: string;
  actor: Actor;
  status: Task['status'];
  openedAt: string;
  dueAt: string;
  overdue: boolean;
  completedAt?: string;
  completedBy?: string;
  remarks?: string;
  facts?: Record<string, string>;
}

export interface Answered {
  kind: TaskKind;
  title: string;
  at: string;
  by: string;
  address?: string;
  sections: AnswerSection[];
}

/** A case as colleagues see it: neither task tokens nor link seeds are in it. */
export interface CaseView
  extends Pick<
    Case,
    'id' | 'stage' | 'createdAt' | 'updatedAt' | 'customer' | 'plans' | 'documents' | 'survey' | 'erasures'
  > {
  tasks: ConsoleTask[];
  /** Where, when, whom to call. */
  particulars: { label: string; value: string }[];
  /** The migration is arranged and has not begun; an instant. */
  startsAt?: string;
  /** It has begun, and waits for the customer's copy hours (R23): which they are, and the instant of the next. */
  waitsFor?: { hours: string; until: string };
  answers: Answered[];
  quotes: { quote: Case['quotes'][number]; href?: string }[];
  transfers: TransferResult[];
  progress: TransferProgress[];
  problems: TransferProblem[];
  history: HistoryEntry[];
  invoice?: Pick<Invoice, 'invoiceId' | 'total' | 'issuedOn'> & { href?: string };
}

export interface Surroundings {
  /** Oldest first, as the records have it. */
  history: readonly HistoryEntry[];
  now: string;
  /** The sections of a step's form, for showing what was handed in. */
  sectionsOf(kind: TaskKind): readonly Section[] | undefined;
  quoteHref?(number: string): string;
  /** To the ledger of a transfer. */
  ledgerHref?(plan: string, run: number): string;
  /** To the page of one run of a transfer. */
  transferHref?(plan: Plan, run: number): string;
  progress?: readonly TransferProgress[];
  invoice?: CaseView['invoice'];
}

export function caseViewOf(c: Case, around: Surroundings): CaseView {
  const begins = beginning(c, around);
  const waitsFor = begins ? undefined : copyWait(c, around);
  return {
    id: c.id,
    stage: c.stage,
    createdAt: c.createdAt,
    updatedAt: c.updatedAt,
    customer: c.customer,
    plans: c.plans,
    documents: c.documents,
    ...(c.survey && { survey: c.survey }),
    erasures: c.erasures,
    tasks: c.tasks.map((task) => consoleTask(task, around.now)),
    particulars: particularsOf(c),
    ...(begins && { startsAt: begins }),
    ...(waitsFor && { waitsFor }),
    answers: answered(c, around),
    quotes: c.quotes.map((quote) => ({
      quote,
      ...(around.quoteHref && { href: around.quoteHref(quote.number) }),
    })),
    transfers: c.transfers.map(({ ledgerKey: _, ...counts }) => ({
      ...counts,
      ...(around.ledgerHref && { ledgerHref: around.ledgerHref(counts.plan, counts.run) }),
      ...(around.transferHref && { detailsHref: around.transferHref(counts.plan, counts.run) }),
    })),
    progress: (around.progress ?? []).map((progress) => ({
      ...progress,
      ...(around.transferHref && { detailsHref: around.transferHref(progress.plan, progress.run) }),
    })),
    problems: c.problems,
    history: [...around.history],
    ...(around.invoice && { invoice: around.invoice }),
  };
}

/** What was agreed last; what was tried before may have left its progress behind. */
function beginning({ stage, forms }: Case, { now }: Surroundings): string | undefined {
  const startsAt = [forms['migration-details'], forms['transfer-problem'], forms['migration-sign-off']]
    .flatMap((form) => (form ? [{ at: form.at, startsAt: form.value.startsAt }] : []))
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0]?.startsAt;
  return stage === 'migrating' && typeof startsAt === 'string' && startsAt > now ? startsAt : undefined;
}

function copyWait(c: Case, { now }: Surroundings): CaseView['waitsFor'] {
  const hours = copyHoursOf(c);
  const time = workTime(c, new Date(now), 0);
  if (c.stage !== 'migrating' || !hours || !('waitUntil' in time)) return undefined;
  return { hours: copyHoursText(hours), until: time.waitUntil.toISOString() };
}

function consoleTask(task: Task, now: string): ConsoleTask {
  const { id, kind, generation, status, openedAt, dueAt, completedAt, completedBy, remarks, facts } = task;
  return {
    id,
    kind,
    generation,
    title: tasks[kind].title,
    actor: tasks[kind].actor,
    status,
    openedAt,
    dueAt,
    overdue: status === 'open' && dueAt < now,
    ...(completedAt && { completedAt }),
    ...(completedBy && { completedBy }),
    ...(remarks && { remarks }),
    ...(facts && { facts }),
  };
}

function answered(c: Case, around: Surroundings): Answered[] {
  return Object.entries(c.forms)
    .map(([key, { at, by, address, value }]) => {
      const kind = key as TaskKind;
      const sections = answersOf(around.sectionsOf(kind) ?? [], value);
      return { kind, title: tasks[kind].title, at, by, ...(address && { address }), sections };
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}
