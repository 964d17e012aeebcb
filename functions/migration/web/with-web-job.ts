import type { WebEnd } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import type { Ports } from '../../case/ports.ts';
import { chunksAtOnce, serverLoad, shareOf } from '../../case/server-load.ts';
import type { Run } from '../engine.ts';
import { readForecast } from '../forecast.ts';
import { together } from '../together.ts';
import { withJob } from '../with-job.ts';
import type { Depth } from './compare.ts';
import { readAlterations } from './fixes/read-alterations.ts';
import type { Job } from './job.ts';
import type { FileNames } from './names/decide-names.ts';
import { type OpenTree, openPinned } from './open-pinned.ts';
import type { WebTree } from './open-web-tree.ts';
import { workWith } from './standing-trees.ts';

export type { OpenTree } from './open-pinned.ts';

/** A step that has the servers to itself, or one chunk beside others. */
export type Company = 'alone' | 'among-chunks';

/** Opens both servers of a run with what was confided for it, works, and closes them whatever happens. */
export function withWebJob<T extends { more: boolean }>(
  ports: Ports,
  run: Run,
  open: OpenTree,
  work: (job: Job, chunks: { chunksAtOnce: number }) => Promise<T>,
  company: Company = 'alone',
): Promise<T> {
  return withJob(ports, run, async (job, c) => {
    const loads = {
      source: serverLoad(c, ports.settings, 'source'),
      target: serverLoad(c, ports.settings, 'target'),
    };
    const chunks = chunksAtOnce(loads.source, loads.target);
    const trees: WebTree[] = [];
    const reach = async (end: WebEnd) => {
      const share = shareOf(loads[end], company === 'alone' ? 1 : chunks);
      const tree = await openPinned(ports, c, end, open, share);
      trees.push(tree);
      return tree;
    };
    return workWith(trees, async () => {
      const [source, target] = await together([reach('source'), reach('target')]);
      const asked = c.forms['migration-details']?.value;
      const fileNames = asked?.fileNames as FileNames | undefined;
      const depth = asked?.verification as Depth | undefined;
      const alterations = await readAlterations(ports, c);
      return work(
        {
          ...{ ...job, source, target },
          ...(fileNames && { fileNames }),
          ...(depth && { depth }),
          ...((await wantsPlan(ports, c, run)) && { planFirst: true }),
          ...(alterations && { alterations }),
        },
        { chunksAtOnce: chunks },
      );
    });
  });
}

/** Asked for with the migration's details, and not answered since the plan was there to be seen. */
async function wantsPlan({ objects }: Ports, c: Case, run: Run): Promise<boolean> {
  const details = c.forms['migration-details'];
  const answered = (c.forms['transfer-problem']?.at ?? '') > (details?.at ?? '');
  return details?.value.planFirst === true && !(answered && (await readForecast(objects, run)));
}
