import type { Case } from '../case/case.ts';
import { TerminalError, WindowClosedError } from '../case/errors.ts';
import { NotFoundError, type Ports } from '../case/ports.ts';
import { windowEndsAt } from '../case/schedule-transfers.ts';
import type { TaskKind } from '../case/tasks.ts';
import type { Run } from './engine.ts';
import type { TransferJob } from './job.ts';
import { keepProblem } from './transfer-problem.ts';

/**
 * Loads the case of a run and works within the agreed hours. What stops the work is kept for staff before it is thrown
 * on.
 */
export async function withJob<T>(
  ports: Ports,
  run: Run,
  work: (job: TransferJob, c: Case) => Promise<T>,
): Promise<T> {
  const c = await ports.records.load(run.caseId);
  if (!c) throw new NotFoundError(`案件 ${run.caseId} はありません。`);
  const { objects, vault } = ports;
  const previousRun = finishedBefore(c, run);
  const ends = windowEndsAt(c)?.getTime() ?? Number.POSITIVE_INFINITY;
  const left = () => ends - ports.clock.now().getTime();
  try {
    if (left() <= 0) {
      throw new WindowClosedError(
        '登録された作業時間の終わりになったため、移行を中断しました。移行済みの分は保持されています。すぐに続けるか、日時を改めて再開してください。',
      );
    }
    const job = {
      ...run,
      ...(previousRun !== undefined && { previousRun }),
      objects,
      vault,
      // A step that is at work when the hours end saves its place as if its own time ran short.
      remaining: () => Math.min(ports.remaining(), left()),
    };
    return await work(job, c);
  } catch (error) {
    await keepProblem(objects, run, error);
    throw error;
  }
}

/** Of the runs that are finished, the latest that comes before this one. */
function finishedBefore(c: Case, { plan, run }: Run): number | undefined {
  const finished = c.transfers.filter((summary) => summary.plan === plan && summary.run < run);
  return finished.length > 0 ? Math.max(...finished.map((summary) => summary.run)) : undefined;
}

/**
 * What was confided under `name` by the form of this step, and the whole name of the secret in the vault, behind which
 * pinned facts are kept. Throws TerminalError when it was never given, or is erased.
 */
export async function confidedBy(
  { vault }: Pick<Ports, 'vault'>,
  c: Case,
  name: string,
  kind: TaskKind,
): Promise<{ secret: string; text: string }> {
  const secret = `${name}.${c.forms[kind]?.value.confided}`;
  const text = await vault.get(c.id, secret);
  if (!text) throw new TerminalError('接続情報がありません。お客さまにもう一度お伺いしてください。');
  return { secret, text };
}
