import * as z from 'zod';
import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import type { Ports } from './case/ports.ts';
import { recordProblem, recordSummary } from './case/record-transfer.ts';
import { jobInput } from './case/step-input.ts';
import { readSummary } from './migration/summary.ts';
import { forgetProblem, readProblem } from './migration/transfer-problem.ts';

/** `error`: the name of what stopped the transfer, '' for none. */
const input = jobInput.extend({ error: z.string() });

/** Enters a transfer's end into the case: counts and ledger, or what an engineer must look at. */
export async function recordTransfer(event: unknown, ports: Ports) {
  const { error, ...run } = input.parse(event);
  const summary = error ? undefined : await readSummary(ports.objects, run);
  const problem = error ? await readProblem(ports.objects, run) : undefined;
  const author = { actor: 'system', by: 'record-transfer' } as const;
  const { result: outcome } = await changeCase(ports, run.caseId, author, (decision) => {
    if (summary) return recordSummary(decision, summary);
    const { plan, run: number } = run;
    const message = problem?.message ?? '移行が途中で止まりました。移行済みの分は保持されています。';
    return recordProblem(decision, { plan, run: number, error: problem?.error ?? error, message });
  });
  if (problem) await forgetProblem(ports.objects, run);
  return { plan: run.plan, outcome };
}

export const handler = onLambda(recordTransfer);
