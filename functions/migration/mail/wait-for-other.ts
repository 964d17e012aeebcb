import { setTimeout as wait } from 'node:timers/promises';
import { timeIsShort } from '../job.ts';
import type { ChunkState } from './chunk-work.ts';
import { lastClaim } from './claim.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';

/**
 * Another run took this chunk over: taking it back at once would only hinder both. Waits until it is done with it, or
 * nothing has come of it for as long as a silent server is waited for.
 */
export async function waitForOther(job: MailJob, plan: string, chunk: number): Promise<void> {
  let seen = '';
  for (let since = Date.now(); Date.now() - since < 2 * (job.idleMs ?? 60_000) && !timeIsShort(job); ) {
    const last = await lastClaim<ChunkState>(job.objects, keys.claims(job, plan, chunk));
    if (last?.state.done) return;
    let results = 0;
    for await (const _ of job.objects.list(keys.results(job, plan, chunk))) results++;
    const trace = `${last?.name} ${results}`;
    if (trace !== seen) since = Date.now();
    seen = trace;
    await wait(job.pauseMs ?? 1000);
  }
}
