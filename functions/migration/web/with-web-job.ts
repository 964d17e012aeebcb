import { type WebAccess, webAccess } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import type { Ports } from '../../case/ports.ts';
import type { TaskKind } from '../../case/tasks.ts';
import type { Run } from '../engine.ts';
import { confidedBy, withJob } from '../with-job.ts';
import type { FileTree } from './file-tree.ts';
import type { Job } from './job.ts';
import type { WebPolicy } from './open-web-tree.ts';

/** How servers are reached: openWebTree, or a tree in memory in simulations. */
export type OpenTree = (
  access: WebAccess,
  policy: WebPolicy,
) => Promise<FileTree & { readonly hostKey?: string }>;

/** Opens both servers of a run with what was confided for it, works, and closes them whatever happens. */
export function withWebJob<T>(
  ports: Ports,
  run: Run,
  open: OpenTree,
  work: (job: Job) => Promise<T>,
): Promise<T> {
  return withJob(ports, run, async (job, c) => {
    const trees: FileTree[] = [];
    const reach = async (name: string, kind: TaskKind) => {
      const tree = await openPinned(ports, c, name, kind, open);
      trees.push(tree);
      return tree;
    };
    try {
      const source = await reach('source-web', 'source-access');
      const target = await reach('target-web', 'migration-details');
      return await work({ ...job, source, target });
    } finally {
      await Promise.allSettled(trees.map((tree) => tree.close()));
    }
  });
}

/** The first contact pins the server's key; from then on another key stops the work. */
async function openPinned(
  ports: Ports,
  c: Case,
  name: string,
  kind: TaskKind,
  open: OpenTree,
): Promise<FileTree> {
  const { vault, settings } = ports;
  const { secret, text } = await confidedBy(ports, c, name, kind);
  const access = webAccess.parse(JSON.parse(text));
  const pinned = await vault.get(c.id, `${secret}.host-key`);
  const tree = await open(
    { ...access, ...(pinned && { hostKey: pinned }) },
    { allowedAddresses: settings.allowedAddresses },
  );
  if (!pinned && tree.hostKey) await vault.put(c.id, `${secret}.host-key`, tree.hostKey);
  return tree;
}
