import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import { eraseCaseData } from './case/erase.ts';
import { NotFoundError, type Ports } from './case/ports.ts';
import { isStillClosed, recordStillClosed } from './case/record-transfer.ts';
import { finishedRun } from './case/schedule-transfers.ts';
import { caseInput } from './case/step-input.ts';
import type { Engines } from './migration/engine.ts';
import { engines as everyEngine } from './migration/engines.ts';

/**
 * R24: at the end of the work staged copies, their key and all credentials go; ledger and contract stay. No erasure before
 * an accepted order has a transfer behind it: here alone a source may still be closed to its users.
 */
export async function eraseMigrationData(event: unknown, ports: Ports, engines = everyEngine) {
  const { caseId } = caseInput.parse(event);
  await releaseSources(ports, caseId, engines);
  await eraseCaseData(ports, caseId, 'migration-closed');
  return {};
}

/** Once more, while the log-in is there. What cannot be given back enters the case before it is forgotten everywhere else. */
async function releaseSources(ports: Ports, caseId: string, engines: Engines): Promise<void> {
  const c = await ports.records.load(caseId);
  if (!c) throw new NotFoundError(`案件 ${caseId} はありません。`);
  for (const plan of c.plans.filter((one) => !isStillClosed(c.problems, one))) {
    const run = finishedRun(c, plan) + 1;
    const left = await engines[plan]?.releaseForGood?.(ports, { caseId, plan, run });
    if (left === undefined) continue;
    await changeCase(ports, caseId, { actor: 'system', by: 'erasure' }, (decision) =>
      recordStillClosed(decision, plan, run, left),
    );
  }
}

export const handler = onLambda(eraseMigrationData);
