import { PlanShownError, TerminalError } from '../../case/errors.ts';
import { type Forecast, readForecast } from '../forecast.ts';
import * as keys from '../keys.ts';
import { readPlan } from '../plan-chunks.ts';
import type { Job } from './job.ts';
import { takeInventory } from './take-inventory.ts';

export type DryRun = { more: true; objects: number } | { more: false; forecast: Forecast };

/**
 * What a run would move, in as many calls as it takes: the source is listed, nothing of it is read, and the target takes
 * but the probe whether it can be written to. The forecast stays among the records; the list goes, so that the run itself
 * begins with a new one. Not to be called while the run is under way; one that has its plan is left alone.
 */
export async function dryRun(job: Job): Promise<DryRun> {
  const underWay = await readPlan(job);
  if (!underWay) {
    const taken = await takeInventory(job);
    if (taken.more) return taken;
  }
  const forecast = await readForecast(job.objects, job);
  if (!underWay) {
    await job.objects.deleteAll(keys.planState(job));
    await job.objects.deleteAll(keys.inventoryState(job));
  }
  if (!forecast)
    throw new TerminalError('棚卸しの集計がありません。何も移行していません。もう一度お試しください。');
  return { more: false, forecast };
}

/** A dry run that ends with the wish to be looked at (PlanShownError): the run goes on once the engineer says so. */
export async function showPlan(job: Job): Promise<DryRun> {
  const ran = await dryRun(job);
  if (ran.more) return ran;
  throw new PlanShownError(
    '棚卸しが終わりました。まだ何もコピーしていません。移行する内容を確認してください。',
  );
}
