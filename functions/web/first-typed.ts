import { dayOf } from '../case/calendar.ts';
import type { Case, Task } from '../case/case.ts';
import { copyHoursAnswers } from '../case/copy-hours.ts';
import type { TaskKind } from '../case/tasks.ts';
import type { Typed } from '../pages/fields.ts';

/** What a customer's form opens with: what was handed in, where it came back; else what they have told us already. */
export function firstTyped(c: Case, task: Task, now: Date): Typed {
  const handedIn = task.remarks && c.forms[task.kind]?.value;
  return typedAnswers(handedIn || known(c, task.kind, now));
}

/** One answer of a form that was handed in. */
export function text(c: Case, kind: TaskKind, name: string): string | undefined {
  const answer = c.forms[kind]?.value[name];
  return typeof answer === 'string' && answer ? answer : undefined;
}

function known(c: Case, kind: TaskKind, now: Date): Record<string, unknown> {
  const heard = (name: string) => text(c, 'hearing-sheet', name);
  switch (kind) {
    case 'hearing-sheet':
      return { ...c.customer };
    case 'source-access':
      return { host: text(c, 'source-access', 'host') ?? heard('sourceHost'), ...copyHoursAnswers(c) };
    case 'order': {
      const wanted = heard('wantedDate');
      return {
        billingCompany: c.customer.company,
        billingDepartment: heard('department'),
        billingPerson: c.customer.person,
        billingPostalCode: heard('postalCode'),
        billingAddress: heard('address'),
        billingPhone: heard('phone'),
        ...(wanted && wanted > dayOf(now) && { preferredDate1: wanted }),
      };
    }
    default:
      return {};
  }
}

/** A value of a form as it would be posted. */
export function typedAnswers(value: Record<string, unknown>): Typed {
  return Object.fromEntries(
    Object.entries(value).map(([name, answer]) => [
      name,
      Array.isArray(answer) ? answer.map(String) : typedText(answer),
    ]),
  );
}

function typedText(answer: unknown): string {
  return answer === true ? 'yes' : String(answer ?? '');
}
