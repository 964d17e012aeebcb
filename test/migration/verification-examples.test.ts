import { expect, test } from '@jest/globals';
import type { TransferJob } from '../../functions/migration/job.ts';
import type { Plan } from '../../functions/migration/plan-chunks.ts';
import { Verification } from '../../functions/migration/verification.ts';
import { MemoryObjects, MemoryVault } from './memory-ports.ts';

const line = (number: number) => ({ path: `./${number}`, kind: 'file', size: 1 });

test('what was left out is among the examples however long the ledger is, and a later call goes on', async () => {
  const job: TransferJob = {
    ...{ caseId: 'HK-7K3M-Q2T9', plan: 'web', run: 1, remaining: () => 900_000 },
    ...{ objects: new MemoryObjects(), vault: new MemoryVault() },
  };
  const plan = { id: 'p', chunks: 1 } as Plan;
  const first = await Verification.begin(job, plan);
  for (let number = 0; number < 120_000; number++)
    first.add({ ...line(number), outcome: 'unchanged', verified: 'match' });
  first.add({ ...line(120_000), outcome: 'skipped', why: 'ソケットです' });
  await first.save();
  const second = await Verification.begin(job, plan);
  for (let number = 0; number < 20; number++)
    second.add({ path: `./${'長'.repeat(300)}${number}`, kind: 'file', size: 1, outcome: 'skipped' });
  const { examples = [], skipped } = await second.conclude();
  expect(skipped).toBe(21);
  expect(examples).toHaveLength(10);
  expect(examples[0]).toEqual({ object: './120000', reason: 'ソケットです' });
  expect(examples[1]!.reason).toContain('移行記録');
  expect(examples[1]!.object.length).toBeLessThanOrEqual(200);
});
