import { beginFlow } from './begin-flow.ts';
import type { Case, Plan } from './case.ts';
import { type Authorship, Decision } from './decision.ts';
import type { Change } from './ports.ts';

export interface NewCase {
  id: string;
  customer: Case['customer'];
  plans: Plan[];
  startWith: 'simple-quote' | 'formal-quote';
}

/** A case as staff open it; a simple quote is optional (requirements.md, Readings). */
export function openCase(opening: NewCase, author: Authorship): Change {
  const at = author.at.toISOString();
  const decision = new Decision(
    {
      id: opening.id,
      version: 0,
      stage: 'opened',
      createdAt: at,
      updatedAt: at,
      customer: opening.customer,
      plans: opening.plans,
      runs: {},
      documents: [],
      tasks: [],
      forms: {},
      quotes: [],
      transfers: [],
      problems: [],
      erasures: [],
    },
    author,
  );
  decision.note('case-opened', { startWith: opening.startWith });
  beginFlow(decision, opening.startWith);
  return decision.toChange();
}
