import type { Case, Submission } from './case.ts';
import type { TaskKind } from './tasks.ts';

/** What this form brought, unless an erasure came after it (R24): what was confided with it is gone then. */
export function standingSubmission(
  c: Pick<Case, 'forms' | 'erasures'>,
  kind: TaskKind,
): Submission | undefined {
  const submission = c.forms[kind];
  return submission && submission.at > (c.erasures.at(-1)?.at ?? '') ? submission : undefined;
}
