import type { Case, Plan } from '../case/case.ts';
import type { Ports } from '../case/ports.ts';
import { finishedRun, movedByEngine } from '../case/schedule-transfers.ts';
import { type Progress, readProgress } from '../migration/progress.ts';
import type { TransferProgress } from '../pages/transfer-view.ts';

const phases: Record<Progress['phase'], string> = {
  waiting: '開始待ち',
  inventory: '一覧の作成',
  copy: 'コピー',
  verify: '照合',
  done: '記録',
};

/** What is moving now, for the case's page. */
export async function progressOf(ports: Ports, c: Case): Promise<TransferProgress[]> {
  if (c.stage !== 'migrating') return [];
  const found = movedByEngine(c).map(async (plan): Promise<TransferProgress | undefined> => {
    const run = finishedRun(c, plan) + 1;
    const progress = await readProgress(ports.objects, c.id, plan, run);
    return progress.phase === 'waiting' ? undefined : progressView(plan, run, c.updatedAt, progress);
  });
  return (await Promise.all(found)).filter((progress) => progress !== undefined);
}

/** A verification is measured by what is compared: not all of it is read. */
export function progressView(
  plan: Plan,
  run: number,
  startedAt: string,
  { phase, objects, bytes, secondsLeft }: Progress,
): TransferProgress {
  return {
    ...{ plan, run, startedAt, objects, phase: phases[phase] },
    ...(phase !== 'verify' && { bytes }),
    ...(secondsLeft !== undefined && { secondsLeft }),
  };
}
