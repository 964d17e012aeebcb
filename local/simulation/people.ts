import type { Task } from '../../functions/case/case.ts';
import type { Posted } from '../../functions/case/form.ts';
import { isLocked } from '../../functions/case/lifecycle.ts';
import { type TaskKind, tasks } from '../../functions/case/tasks.ts';
import type { Knowledge } from '../play/answers.ts';
import type { Player } from '../play/player.ts';
import { surveyFile } from '../play/survey-file.ts';
import type { SeededRandom } from './seeded-random.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** What somebody will do about one open step, decided when they first see it. */
export interface Plan {
  at: Date;
  /** Their first try is not good enough. */
  careless: boolean;
  /** Two browsers, or an impatient finger. */
  twice: boolean;
  answer: Posted;
}

/** How often the people of a case do what. They are drawn from the case's own stream, so a seed repeats them. */
export class People {
  readonly #random: SeededRandom;
  readonly #easy: boolean;

  /** `easy`: in time, with valid forms, content with everything: the case goes all the way. */
  constructor(random: SeededRandom, easy: boolean) {
    this.#random = random;
    this.#easy = easy;
  }

  /** When the person acts, and how. Customers may be late, or silent until staff call. */
  plan(task: Task, knowledge: Knowledge): Plan {
    const random = this.#random;
    const opened = Date.parse(task.openedAt);
    const due = Date.parse(task.dueAt);
    const customer = tasks[task.kind].actor === 'customer';
    const late = !this.#easy && random.chance(customer ? 0.12 : 0.03);
    const wait = late
      ? due - opened + 1 + random.integer(3 * day)
      : random.integer(Math.min(due - opened, 6 * day));
    // The last instant, and the first that is too late, deserve more than their share.
    const edge = !this.#easy && random.chance(0.05) ? due - opened + random.integer(3) - 1 : wait;
    return {
      at: new Date(opened + Math.max(1, edge)),
      careless: random.chance(0.15),
      twice: random.chance(0.2),
      answer: this.#decide(task, knowledge),
    };
  }

  /** What this person answers otherwise than anybody would; the rest is in play/answers.ts. */
  #decide(task: Task, { c }: Knowledge): Posted {
    const random = this.#random;
    const returned = () =>
      random.chance(0.12) ? { decision: 'returned', remarks: 'フリガナをご確認ください。' } : {};
    if (this.#easy) return {};
    const decisions: Partial<Record<TaskKind, () => Posted>> = {
      'hearing-sheet': () => (c.customer.platformMigration ? { cybozuInUse: 'yes' } : {}),
      'hearing-sheet-review': returned,
      'consent-review': returned,
      'order-review': returned,
      'acceptance-review': returned,
      consultation: () => (random.chance(0.2) ? { decision: 'close' } : {}),
      'source-access': () =>
        random.chance(0.3) ? { copyHours: 'limited', copyFrom: '22:00', copyTo: '06:00' } : {},
      'formal-quote-review': () =>
        c.survey?.feasible && random.chance(0.95)
          ? {}
          : { decision: 'decline', declineReason: '老朽化のため' },
      'transfer-problem': () =>
        random.pick([
          { decision: 'retry' },
          { decision: 'ask-customer', remarks: 'パスワードをご確認ください。' },
          { decision: 'postpone' },
        ]),
      'migration-sign-off': () => (random.chance(0.15) ? { decision: 'rerun' } : {}),
      acceptance: () => (random.chance(0.12) ? { resultWeb: 'fail', comment: '画像が表示されません。' } : {}),
      'rework-assessment': () => (random.chance(0.5) ? { scope: 'out', hours: '3' } : {}),
      'extra-order': () => (random.chance(0.4) ? { decision: 'refuse' } : {}),
      escalation: () =>
        isLocked(c) || random.chance(0.8)
          ? { days: String(1 + random.integer(20)) }
          : { decision: 'close', days: '' },
    };
    return decisions[task.kind]?.() ?? {};
  }

  /** Acts. Returns the statuses of all answers, in the order in which they were sent. */
  async act(player: Player, task: Task, plan: Plan, knowledge: Knowledge): Promise<number[]> {
    const statuses: number[] = [];
    const send = async (changed: Posted) => {
      const later = changed.decision === 'postpone' && { startsAt: knowledge.startsAt?.toISOString() ?? '' };
      statuses.push((await player.answer(task, knowledge, { ...changed, ...later })).status);
    };
    if (plan.careless) {
      if (task.kind === 'survey')
        statuses.push((await player.sendSurvey(knowledge.c, '種別,項目\n判定,可')).status);
      else await send({ decision: '', signer: '', person: '', root: '', startsAt: '', understood: '' });
    }
    const needsAccess = task.kind === 'survey' || task.kind === 'migration-details';
    if (needsAccess && !this.#easy && this.#random.chance(0.06)) {
      statuses.push((await player.askAccessAgain(knowledge.c, task)).status);
      return statuses;
    }
    if (task.kind === 'survey') {
      const verdict = !this.#easy && this.#random.chance(0.1) ? 'not-feasible' : 'feasible';
      statuses.push(
        (await player.sendSurvey(knowledge.c, surveyFile(knowledge.now, verdict, knowledge.c.plans))).status,
      );
      return statuses;
    }
    if (plan.twice) await Promise.all([send(plan.answer), send(plan.answer)]);
    else await send(plan.answer);
    return statuses;
  }
}
