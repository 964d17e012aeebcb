import type { Task } from './case.ts';
import { changeCase } from './change-case.ts';
import { type CompletionStatus, completeTask } from './complete-task.ts';
import type { Decision } from './decision.ts';
import { InvalidInputError } from './errors.ts';
import type { Ports } from './ports.ts';
import { parseSurveyReport } from './survey.ts';
import { deadlineText } from './wording.ts';

/**
 * The engineer's report, from the page or dropped into the folder (R30). A good one completes the survey. A bad one is
 * answered line by line, one after the deadline with what to do; the step stays as it was: throws InvalidInputError, and
 * `tell` also mails that to the engineers (a file that arrived by itself has no page to answer on).
 */
export async function receiveSurvey(
  ports: Ports,
  caseId: string,
  bytes: Uint8Array,
  author: { by: string; tell: boolean },
): Promise<Exclude<CompletionStatus, 'late'>> {
  const decider = { actor: 'engineer', by: author.by } as const;
  const c = await ports.records.load(caseId);
  const latest = c?.tasks.findLast((task) => task.kind === 'survey');
  if (!c || !latest) return 'gone';
  try {
    const value = { ...parseSurveyReport(bytes, c.plans) };
    const { result } = await changeCase(ports, caseId, decider, (decision) =>
      completeTask(decision, { taskId: latest.id, ...decider, value }),
    );
    if (result === 'late') throw tooLate(latest);
    return result;
  } catch (error) {
    if (!(error instanceof InvalidInputError) || !author.tell) throw error;
    await changeCase(ports, caseId, decider, (decision) => refuse(decision, latest.id, error.fields));
    throw error;
  }
}

function refuse(decision: Decision, taskId: string, wrong: InvalidInputError['fields']): void {
  const task = decision.case.tasks.find((candidate) => candidate.id === taskId);
  if (task?.status !== 'open' && task?.status !== 'expired') return;
  const lines = Object.entries(wrong).map(([line, sentence]) => `${line || '全体'}: ${sentence}`);
  task.facts = { ...task.facts, errors: lines.join('\n').slice(0, 8000) };
  decision.note('survey-refused', { task: task.id, errors: lines.length });
  decision.send({ kind: 'mail', letter: 'survey-refused', to: 'engineer', taskId: task.id });
}

function tooLate({ dueAt }: Task): InvalidInputError {
  return new InvalidInputError('環境調査報告の期限を過ぎています。', {
    '': `期限（${deadlineText(dueAt)}）を過ぎているため、受け付けられませんでした。受付担当に期限の延長をご依頼のうえ、もう一度お送りください。`,
  });
}
