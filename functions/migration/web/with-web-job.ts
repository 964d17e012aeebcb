import { type WebAccess, webAccess } from '../../case/access.ts';
import type { Case, Plan } from '../../case/case.ts';
import { TerminalError, WindowClosedError } from '../../case/errors.ts';
import { NotFoundError, type Ports } from '../../case/ports.ts';
import { windowEndsAt } from '../../case/schedule-transfers.ts';
import type { TaskKind } from '../../case/tasks.ts';
import { keepProblem } from '../transfer-problem.ts';
import type { FileTree } from './file-tree.ts';
import type { Job } from './job.ts';
import type { WebPolicy } from './open-web-tree.ts';

/** How servers are reached: openWebTree, or a tree in memory in simulations. */
export type OpenTree = (
  access: WebAccess,
  policy: WebPolicy,
) => Promise<FileTree & { readonly hostKey?: string }>;

/**
 * Opens both servers of a run with what was confided for it, works, and closes them whatever happens. What stops the
 * work is kept for staff before it is thrown on.
 */
export async function withWebJob<T>(
  ports: Ports,
  run: { caseId: string; plan: Plan; run: number },
  open: OpenTree,
  work: (job: Job) => Promise<T>,
): Promise<T> {
  const c = await ports.records.load(run.caseId);
  if (!c) throw new NotFoundError(`案件 ${run.caseId} はありません。`);
  const { objects, vault } = ports;
  const previousRun = finishedBefore(c, run);
  const trees: FileTree[] = [];
  const reach = async (name: string, kind: TaskKind) => {
    const tree = await openPinned(ports, c, name, kind, open);
    trees.push(tree);
    return tree;
  };
  const ends = windowEndsAt(c)?.getTime() ?? Number.POSITIVE_INFINITY;
  const left = () => ends - ports.clock.now().getTime();
  try {
    if (left() <= 0) {
      throw new WindowClosedError(
        '登録された作業時間の終わりになったため、移行を中断しました。移行済みの分は保持されています。すぐに続けるか、日時を改めて再開してください。',
      );
    }
    const source = await reach('source-web', 'source-access');
    const target = await reach('target-web', 'migration-details');
    const job = {
      ...run,
      ...(previousRun && { previousRun }),
      objects,
      vault,
      source,
      target,
      // A step that is at work when the hours end saves its place as if its own time ran short.
      remaining: () => Math.min(ports.remaining(), left()),
    };
    return await work(job);
  } catch (error) {
    await keepProblem(objects, run, error);
    throw error;
  } finally {
    await Promise.allSettled(trees.map((tree) => tree.close()));
  }
}

/** Of two numbers of runs that are finished, the later that comes before this one. */
function finishedBefore(c: Case, { plan, run }: { plan: Plan; run: number }): number | undefined {
  const finished = c.transfers.filter((summary) => summary.plan === plan && summary.run < run);
  return finished.length > 0 ? Math.max(...finished.map((summary) => summary.run)) : undefined;
}

/** The first contact pins the server's key; from then on another key stops the work. */
async function openPinned(
  { vault, settings }: Ports,
  c: Case,
  name: string,
  kind: TaskKind,
  open: OpenTree,
): Promise<FileTree> {
  const secret = `${name}.${c.forms[kind]?.value.confided}`;
  const confided = await vault.get(c.id, secret);
  if (!confided) throw new TerminalError('接続情報がありません。お客さまにもう一度お伺いしてください。');
  const access = webAccess.parse(JSON.parse(confided));
  const pinned = await vault.get(c.id, `${secret}.host-key`);
  const tree = await open(
    { ...access, ...(pinned && { hostKey: pinned }) },
    { allowedAddresses: settings.allowedAddresses },
  );
  if (!pinned && tree.hostKey) await vault.put(c.id, `${secret}.host-key`, tree.hostKey);
  return tree;
}
