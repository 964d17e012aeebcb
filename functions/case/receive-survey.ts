import { changeCase } from './change-case.ts';
import type { CompletionStatus } from './complete-task.ts';
import { completeTask } from './complete-task.ts';
import { InvalidInputError } from './errors.ts';
import type { Ports } from './ports.ts';
import { parseSurveyReport } from './survey.ts';

/**
 * The engineer's report, from the page or dropped into the folder (R30). A good one completes the survey. A bad one is
 * answered line by line, the step stays open: throws InvalidInputError, and `tell` also mails the lines to the engineers
 * (a file that arrived by itself has no page to answer on).
 */
export async function receiveSurvey(
  ports: Ports,
  caseId: string,
  bytes: Uint8Array,
  author: { by: string; tell: boolean },
): Promise<CompletionStatus> {
  const decider = { actor: 'engineer', by: author.by } as const;
  const c = await ports.records.load(caseId);
  const open = c?.tasks.findLast((task) => task.kind === 'survey');
  if (!c || !open) return 'gone';
  try {
    const value = { ...parseSurveyReport(bytes, c.plans) };
    const { result } = await changeCase(ports, caseId, decider, (decision) =>
      completeTask(decision, { taskId: open.id, ...decider, value }),
    );
    return result;
  } catch (error) {
    if (!(error instanceof InvalidInputError) || !author.tell) throw error;
    await changeCase(ports, caseId, decider, (decision) => {
      const task = decision.case.tasks.find((candidate) => candidate.id === open.id);
      if (task?.status !== 'open') return;
      const lines = Object.entries(error.fields).map(([line, sentence]) => `${line}: ${sentence}`);
      task.facts = { ...task.facts, errors: lines.join('\n').slice(0, 8000) };
      decision.note('survey-refused', { task: task.id, errors: lines.length });
      decision.send({ kind: 'mail', letter: 'survey-refused', to: 'engineer', taskId: task.id });
    });
    throw error;
  }
}
