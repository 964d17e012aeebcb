import type { Case } from '../case/case.ts';
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
    const { phase, objects, bytes } = await readProgress(ports.objects, c.id, plan, run);
    if (phase === 'waiting') return undefined;
    return { plan, run, startedAt: c.updatedAt, objects, bytes, phase: phases[phase] };
  });
  return (await Promise.all(found)).filter((progress) => progress !== undefined);
}
