import type { Case } from '../case/case.ts';
import { OutOfHoursError, TerminalError, WindowClosedError } from '../case/errors.ts';
import { NotFoundError, type Ports } from '../case/ports.ts';
import type { TaskKind } from '../case/tasks.ts';
import { workTime } from '../case/work-time.ts';
import type { Run } from './engine.ts';
import { margin, type TransferJob } from './job.ts';
import { keepProblem } from './transfer-problem.ts';

/**
 * Loads the case of a run and works within the agreed hours and the customer's copy hours: outside of these it throws
 * OutOfHoursError. What stops the work is kept for staff before it is thrown on.
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
  const time = workTime(c, ports.clock.now(), margin);
  if ('waitUntil' in time) throw new OutOfHoursError('コピーしてよい時間帯を待っています。', time.waitUntil);
  try {
    if ('closed' in time) throw new WindowClosedError(time.closed);
    const job = {
      ...run,
      ...(previousRun !== undefined && { previousRun }),
      objects,
      vault,
      // A step that is at work when the hours end saves its place as if its own time ran short.
      remaining: () => Math.min(ports.remaining(), time.until - ports.clock.now().getTime()),
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
