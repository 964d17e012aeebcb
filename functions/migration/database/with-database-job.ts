import type { Case } from '../../case/case.ts';
import { sourceDatabase, targetDatabase } from '../../case/database-access.ts';
import { TerminalError, WindowClosedError } from '../../case/errors.ts';
import { NotFoundError, type Ports } from '../../case/ports.ts';
import { windowEndsAt } from '../../case/schedule-transfers.ts';
import type { TaskKind } from '../../case/tasks.ts';
import { keepProblem } from '../transfer-problem.ts';
import type { DatabaseJob } from './job.ts';

/**
 * A run of a database transfer with what was confided for it. What stops the work is kept for staff before it is thrown
 * on. Throws NotFoundError, TerminalError, RetryAfterError or TransientError.
 */
export async function withDatabaseJob<T>(
  ports: Ports,
  run: { caseId: string; run: number },
  work: (job: DatabaseJob) => Promise<T>,
): Promise<T> {
  const c = await ports.records.load(run.caseId);
  if (!c) throw new NotFoundError(`案件 ${run.caseId} はありません。`);
  const place = { ...run, plan: 'database' as const };
  const ends = windowEndsAt(c)?.getTime() ?? Number.POSITIVE_INFINITY;
  const left = () => ends - ports.clock.now().getTime();
  try {
    if (left() <= 0) {
      throw new WindowClosedError(
        '登録された作業時間の終わりになったため、移行を中断しました。移行済みの分は保持されています。すぐに続けるか、日時を改めて再開してください。',
      );
    }
    const source = sourceDatabase.parse(await confided(ports, c, 'source-database', 'source-access'));
    const target = targetDatabase.parse(await confided(ports, c, 'target-database', 'migration-details'));
    const { options, ...server } = target;
    const { objects, vault, settings, remaining } = ports;
    const before = c.transfers.filter((summary) => summary.plan === 'database' && summary.run < run.run);
    const previousRun = before.length > 0 ? Math.max(...before.map((summary) => summary.run)) : undefined;
    return await work({
      ...place,
      ...(previousRun !== undefined && { previousRun }),
      objects,
      vault,
      source,
      target: server,
      options,
      allowedAddresses: settings.allowedAddresses,
      // A step that is at work when the hours end stops as if its own time ran short.
      remaining: () => Math.min(remaining(), left()),
    });
  } catch (error) {
    await keepProblem(ports.objects, place, error);
    throw error;
  }
}

async function confided({ vault }: Ports, c: Case, name: string, kind: TaskKind): Promise<unknown> {
  const secret = await vault.get(c.id, `${name}.${c.forms[kind]?.value.confided}`);
  if (!secret) throw new TerminalError('接続情報がありません。お客さまにもう一度お伺いしてください。');
  return JSON.parse(secret);
}
