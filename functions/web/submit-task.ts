import type { Case, Task } from '../case/case.ts';
import { changeCase } from '../case/change-case.ts';
import { type Completion, type CompletionStatus, completeTask } from '../case/complete-task.ts';
import type { Posted } from '../case/form.ts';
import { formFor, splitSecrets } from '../case/forms/index.ts';
import { isEnded } from '../case/lifecycle.ts';
import type { Ports } from '../case/ports.ts';
import { keepAnswers, withKept } from './kept-answers.ts';
import { parseWithFiles } from './read-workbooks.ts';

/**
 * Checks a posted form and hands it in. Credentials go to the vault first, under names of this submission alone, so that
 * of two browsers neither changes what the other handed in. `kept`: see kept-answers.ts; read by who may read the vault, which
 * customers' pages may not. Throws InvalidInputError with a sentence per field.
 */
export async function submitTask(
  ports: Ports,
  { c, task }: { c: Case; task: Task },
  posted: Posted,
  who: Pick<Completion, 'actor' | 'by' | 'address'>,
  kept: Posted = {},
): Promise<{ status: CompletionStatus; case: Case }> {
  const form = formFor(task.kind, c, ports.settings, ports.clock.now());
  const answers = withKept(form, posted, kept);
  const { facts, secrets } = splitSecrets(await parseWithFiles(form, answers));
  const names = Object.keys(secrets);
  if (names.length > 0) {
    const suffix = `${task.id}-${Buffer.from(ports.random.bytes(6)).toString('hex')}`;
    for (const name of names) await ports.vault.put(c.id, `${name}.${suffix}`, secrets[name]!);
    await keepAnswers(ports, c, { kind: task.kind, form, posted: answers, suffix });
    facts.confided = suffix;
  }
  if (task.kind === 'consent') facts.documents = shownDocuments(c);
  const author = { actor: who.actor, by: who.by };
  const completion = { ...who, taskId: task.id, value: facts };
  const { case: after, result } = await changeCase(ports, c.id, author, (decision) =>
    completeTask(decision, completion),
  );
  // Nobody would erase what came in after the case had ended.
  if (names.length > 0 && isEnded(after)) await ports.vault.erase(c.id);
  return { status: result, case: after };
}

/** Revision and hash of each of the four documents that the consent is given on (R25, R40). */
function shownDocuments(c: Case): Record<string, string>[] {
  return c.documents
    .filter(({ flow }) => flow === 'formal-quote')
    .slice(-4)
    .map(({ id, revision, sha256 }) => ({ id, revision, sha256 }));
}
