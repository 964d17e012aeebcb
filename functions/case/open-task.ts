import type { Case, LetterName, Task } from './case.ts';
import type { Decision } from './decision.ts';
import { recordShown } from './documents.ts';
import { linkHash, linkToken } from './link-token.ts';
import type { Settings } from './settings.ts';
import { type TaskKind, tasks } from './tasks.ts';

export interface TaskOpening {
  kind: TaskKind;
  /** Which visit of the workflow to this step it is, counted from 1 (task-deadline.ts, nextGeneration). */
  generation: number;
  dueAt: string;
  /** Of the waiting execution. */
  token: string;
  /** 256 random bits, hex. */
  linkSeed: string;
  facts?: Record<string, string>;
}

/** The flow whose four documents are shown with its first form (R25). */
const showsDocuments = { 'hearing-sheet': 'simple-quote', consent: 'formal-quote', order: 'order' } as const;

/** Who can send a form back (差戻し), and the decision that does it. */
const sentBackBy: Partial<Record<TaskKind, { review: TaskKind; decision: string }>> = {
  'hearing-sheet': { review: 'hearing-sheet-review', decision: 'returned' },
  consent: { review: 'consent-review', decision: 'returned' },
  order: { review: 'order-review', decision: 'returned' },
  acceptance: { review: 'acceptance-review', decision: 'returned' },
  'source-access': { review: 'transfer-problem', decision: 'ask-customer' },
};

export function latestTask(c: Case, kind: TaskKind): Task | undefined {
  return c.tasks.findLast((task) => task.kind === kind);
}

/**
 * Opens a human step. A retry and a redrive run this again for the same generation: then the new token takes the place of
 * the old one and no second mail goes out, and a result that is already there is handed to the new token.
 */
export function openTask(
  decision: Decision,
  opening: TaskOpening,
  linkKey: Uint8Array,
  settings: Settings,
): void {
  const c = decision.case;
  const id = `${opening.kind}.${opening.generation}`;
  const known = c.tasks.find((task) => task.id === id);
  if (known) {
    renewToken(decision, known, opening.token);
    return;
  }

  const { actor } = tasks[opening.kind];
  const remarks = remarksOn(c, opening.kind);
  const task: Task = {
    id,
    kind: opening.kind,
    generation: opening.generation,
    status: 'open',
    openedAt: decision.at,
    dueAt: opening.dueAt,
    remindersSent: 0,
    token: opening.token,
    ...(actor === 'customer' && { linkSeed: opening.linkSeed }),
    ...(remarks && { remarks }),
    ...(opening.facts && { facts: opening.facts }),
  };
  c.tasks.push(task);
  if (task.linkSeed) decision.link(linkHash(linkToken(linkKey, task.linkSeed)), task.id);
  const flow = showsDocuments[opening.kind as keyof typeof showsDocuments];
  if (flow) c.documents.push(...recordShown(flow, c.customer.serverKind, settings, new Date(decision.at)));
  decision.note('task-opened', { task: task.id, dueAt: task.dueAt });
  decision.send({ kind: 'mail', letter: letterFor(opening.kind, remarks), to: actor, taskId: task.id });
}

function renewToken(decision: Decision, task: Task, token: string): void {
  if (task.token === token) return;
  task.token = token;
  decision.note('task-token-renewed', { task: task.id });
  if (task.status === 'completed') decision.send({ kind: 'task-result', taskId: task.id });
}

function letterFor(kind: TaskKind, remarks: string | undefined): LetterName {
  if (kind === 'formal-quote-request') return 'simple-quote';
  return remarks ? 'task-returned' : 'task-opened';
}

/** What the reviewer wrote when the form was last sent back; a generation that expired since then changes nothing. */
function remarksOn(c: Case, kind: TaskKind): string | undefined {
  const form = c.tasks.findLast((task) => task.kind === kind && task.status === 'completed');
  const sentBack = c.tasks.findLast((task) => task.sentBack?.kind === kind);
  if (form?.completedAt && (sentBack?.completedAt ?? '') >= form.completedAt)
    return sentBack?.sentBack?.remarks;
  const back = sentBackBy[kind];
  const review = back && c.forms[back.review];
  if (!form?.completedAt || !review || review.at < form.completedAt) return undefined;
  return review.value.decision === back.decision ? String(review.value.remarks) : undefined;
}
