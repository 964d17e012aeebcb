import type { Case, Task } from '../case/case.ts';
import { copyHoursAnswers } from '../case/copy-hours.ts';
import type { Form, Posted } from '../case/form.ts';
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
import { typedAnswers } from './first-typed.ts';
import { formWithKept } from './kept-answers.ts';

/** The forms of open steps, for who may answer them. `kept`: what each is known by already (kept-answers.ts), by task. */
export function stepForms(
  ports: Ports,
  c: Case,
  person: Person,
  open: readonly Task[],
  kept: ReadonlyMap<string, Posted>,
  refused: AfterPost['refused'],
  at: string,
): StepForm[] {
  return open
    .filter(({ kind }) => kind !== 'survey')
    .map((task) => {
      const again = refused?.formId === task.id ? refused : undefined;
      const asked = formFor(task.kind, c, ports.settings, ports.clock.now());
      const { form, typed } = formWithKept(asked, kept.get(task.id) ?? {});
      return {
        taskId: task.id,
        form,
        action: `${at}/tasks/${task.id}`,
        typed: again?.typed ?? { ...suggested(c, task, form), ...typed },
        ...(again && { problems: again.problems }),
        ...(tasks[task.kind].actor !== person.role && { onBehalf: true }),
      };
    });
}

/** Of migration details, what is agreed upon for each date anew. */
const newEachTime = ['startsAt', 'windowEndsAt', 'notes'];

/** What the record already says, for the person to keep or to change. */
function suggested(c: Case, task: Task, form: Pick<Form<unknown>, 'sections'>): Typed {
  if (task.kind === 'migration-details') {
    const before = c.forms['migration-details']?.value ?? {};
    // A tick is given each time.
    const kept = form.sections
      .flatMap(({ fields }) => fields)
      .filter(
        ({ name, kind }) => kind !== 'tick' && !newEachTime.includes(name) && before[name] !== undefined,
      );
    return {
      ...typedAnswers(Object.fromEntries(kept.map(({ name }) => [name, before[name]]))),
      ...copyHoursAnswers(c),
    };
  }
  if (task.kind === 'formal-quote-review') {
    const fixes = chosenOffers(c).map(({ key }) => key);
    return { fixes, ...(c.survey?.reason && { declineReason: c.survey.reason }) };
  }
  if (task.kind !== 'migration-sign-off') return {};
  const done = c.forms['migration-sign-off']?.value.workDone;
  const proofs = c.plans.flatMap((plan) => {
    const last = c.transfers.findLast((transfer) => transfer.plan === plan);
    if (!last) return [];
    const counts = resultCounts(last).map(([label, count]) => `${label}${grouped(count)}件`);
    return [[`proof${planSuffix(plan)}`, `移行記録で確認（${counts.join('、')}）`]];
  });
  return { ...Object.fromEntries(proofs), ...(Array.isArray(done) && { workDone: done.map(String) }) };
}
