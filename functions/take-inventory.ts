import { onLambda } from './aws/lambda.ts';
import type { Ports } from './case/ports.ts';
import { jobInput } from './case/step-input.ts';
import { openWebTree } from './migration/web/open-web-tree.ts';
import { takeInventory as take } from './migration/web/take-inventory.ts';
import { type OpenTree, withWebJob } from './migration/web/with-web-job.ts';

/** Lists the source once, in as many calls as it takes (`more`), and cuts the work into chunks. */
export async function takeInventory(event: unknown, ports: Ports, open: OpenTree = openWebTree) {
  return withWebJob(ports, jobInput.parse(event), open, take);
}

export const handler = onLambda(takeInventory);
