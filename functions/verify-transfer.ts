import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { jobInput } from './case/step-input.ts';
import { openWebTree } from './migration/web/open-web-tree.ts';
import { verifyTransfer as verify } from './migration/web/verify-transfer.ts';
import { type OpenTree, withWebJob } from './migration/web/with-web-job.ts';

/** Reads both ends again, in as many calls as it takes (`more`); the ledger is whole when it is done. */
export async function verifyTransfer(event: unknown, ports: Ports, open: OpenTree = openWebTree) {
  return withWebJob(ports, jobInput.parse(event), open, verify);
}

export const handler = onLambda(verifyTransfer);
