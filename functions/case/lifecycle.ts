import type { Case, Stage } from './case.ts';
import { IllegalStepError } from './errors.ts';

/**
 * What may follow what. A step that is not listed under a stage cannot be written (StepFrom) and is refused at run time.
 * Closing and declining end before an order is accepted; after that there is only completion (R33).
 */
export const lifecycle = {
  opened: { 'begin-simple-quote': 'hearing', 'begin-formal-quote': 'consenting' },
  hearing: { consult: 'consulting', 'present-simple-quote': 'simple-quoted', close: 'closed' },
  consulting: { 'present-simple-quote': 'simple-quoted', close: 'closed' },
  'simple-quoted': { 'begin-formal-quote': 'consenting' },
  consenting: { 'accept-consent': 'surveying', close: 'closed' },
  surveying: { 'close-survey': 'quoting', close: 'closed' },
  quoting: { 'present-formal-quote': 'formal-quoted', decline: 'declined', close: 'closed' },
  'formal-quoted': { 'receive-order': 'reviewing-order', close: 'closed' },
  'reviewing-order': { 'return-order': 'formal-quoted', 'accept-order': 'ordered', close: 'closed' },
  ordered: { 'begin-migration': 'migrating' },
  migrating: { 'begin-migration': 'migrating', 'sign-off': 'checking' },
  checking: { 'fail-check': 'reworking', complete: 'completed' },
  reworking: { 'begin-migration': 'migrating', 'resume-check': 'checking' },
  completed: { invoice: 'invoiced' },
  invoiced: {},
  declined: {},
  closed: {},
} as const satisfies Record<Stage, Readonly<Record<string, Stage>>>;

type Lifecycle = typeof lifecycle;
export type StepFrom<S extends Stage> = keyof Lifecycle[S] & string;
export type Step = { [S in Stage]: StepFrom<S> }[Stage];

/** The stage after `step`. Throws IllegalStepError, and nothing is changed. */
export function stageAfter(stage: Stage, step: Step): Stage {
  const next = (lifecycle[stage] as Partial<Record<Step, Stage>>)[step];
  if (!next) throw new IllegalStepError(`「${step}」は段階「${stage}」では行えません。`);
  return next;
}

/** From the acceptance of the order on, a case can be neither cancelled nor changed (R33). */
export function isLocked(c: Pick<Case, 'stage'>): boolean {
  return ['ordered', 'migrating', 'checking', 'reworking', 'completed', 'invoiced'].includes(c.stage);
}

/** Nothing more will happen. */
export function isEnded(c: Pick<Case, 'stage'>): boolean {
  return Object.keys(lifecycle[c.stage]).length === 0;
}
