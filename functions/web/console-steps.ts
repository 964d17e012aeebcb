import type { Case, Task } from '../case/case.ts';
import { copyHoursAnswers } from '../case/copy-hours.ts';
import { planSuffix } from '../case/forms/context.ts';
import { formFor } from '../case/forms/index.ts';
import type { Person } from '../case/identity.ts';
import type { Ports } from '../case/ports.ts';
import { resultCounts } from '../case/result-counts.ts';
import { tasks } from '../case/tasks.ts';
import { chosenOffers } from '../case/web-fixes/ordered.ts';
import { grouped } from '../case/wording.ts';
import type { StepForm } from '../pages/console/case-page.ts';
import type { Typed } from '../pages/fields.ts';
import type { AfterPost } from './console-case-page.ts';

/** The forms of open steps, for who may answer them. */
export function stepForms(
  ports: Ports,
  c: Case,
  person: Person,
  open: readonly Task[],
  refused: AfterPost['refused'],
  at: string,
): StepForm[] {
  return open
    .filter(({ kind }) => kind !== 'survey')
    .map((task) => {
      const again = refused?.formId === task.id ? refused : undefined;
      return {
        taskId: task.id,
        form: formFor(task.kind, c, ports.settings, ports.clock.now()),
        action: `${at}/tasks/${task.id}`,
        typed: again?.typed ?? suggested(c, task),
        ...(again && { problems: again.problems }),
        ...(tasks[task.kind].actor !== person.role && { onBehalf: true }),
      };
    });
}

/** Of migration details: what holds for another date too, and is no secret. */
const keptDetails = [
  ...['customerWork', 'sourceConnections', 'sourceMegabytesPerSecond'],
  ...['fileNames', 'verification'],
];

/** What the record already says, for the person to keep or to change. */
function suggested(c: Case, task: Task): Typed {
  if (task.kind === 'migration-details') {
    const before = c.forms['migration-details']?.value ?? {};
    const kept = keptDetails.filter((name) => before[name] !== undefined);
    return {
      ...copyHoursAnswers(c),
      ...Object.fromEntries(kept.map((name) => [name, String(before[name])])),
    };
  }
  if (task.kind === 'formal-quote-review') {
    const fixes = chosenOffers(c).map(({ key }) => key);
    return { fixes, ...(c.survey?.reason && { declineReason: c.survey.reason }) };
  }
  if (task.kind !== 'migration-sign-off') return {};
  const proofs = c.plans.flatMap((plan) => {
    const last = c.transfers.findLast((transfer) => transfer.plan === plan);
    if (!last) return [];
    const counts = resultCounts(last).map(([label, count]) => `${label}${grouped(count)}件`);
    return [[`proof${planSuffix(plan)}`, `移行記録で確認（${counts.join('、')}）`]];
  });
  return Object.fromEntries(proofs);
}
