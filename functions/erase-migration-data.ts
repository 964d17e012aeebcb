import { onLambda } from './aws/lambda.ts';
import { eraseCaseData } from './case/erase.ts';
import type { Ports } from './case/ports.ts';
import { caseInput } from './case/step-input.ts';

/** R24: at the end of the work staged copies, their key and all credentials go; ledger and contract stay. */
export async function eraseMigrationData(event: unknown, ports: Ports) {
  await eraseCaseData(ports, caseInput.parse(event).caseId, 'migration-closed');
  return {};
}

export const handler = onLambda(eraseMigrationData);
