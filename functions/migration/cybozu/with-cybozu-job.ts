import { createHash } from 'node:crypto';
import type { Case } from '../../case/case.ts';
import { cybozuFacts } from '../../case/cybozu-access.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import { chunksAtOnce, serverLoad } from '../../case/server-load.ts';
import type { Run } from '../engine.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { OpenTree } from '../web/open-pinned.ts';
import type { WebTree } from '../web/open-web-tree.ts';
import { workWith } from '../web/standing-trees.ts';
import { withJob } from '../with-job.ts';
import { checkServerKind } from './check-installations.ts';
import type { CybozuJob } from './job.ts';
import { layoutOf } from './layout.ts';
import { type Confided, type CybozuEnd, confidedFor, openServer } from './open-server.ts';
import { readPrepared, withTarget } from './prepare-target.ts';
import { ProductTree } from './product-tree.ts';

/** Opens both servers of a run, works, and closes them whatever happens. Chunks are at work beside each other. */
export function withCybozuJob<T extends { more: boolean }>(
  ports: Ports,
  run: Run,
  open: OpenTree,
  work: (job: CybozuJob, chunks: { chunksAtOnce: number }) => Promise<T>,
  step: 'alone' | 'chunk' = 'alone',
): Promise<T> {
  return withJob(ports, run, async (job, c) => {
    checkServerKind(c);
    const facts = factsOf(c);
    const layout = layoutOf(facts.cybozuSourceVersion);
    const ends: readonly CybozuEnd[] = ['source', 'target'];
    const chunks = chunksAtOnce(...ends.map((end) => serverLoad(c, ports.settings, end)));
    const workers = step === 'chunk' ? chunks : 1;
    const trees: WebTree[] = [];
    const openBoth = async () => {
      const from = await confidedFor(ports, c, 'source');
      const to = await confidedFor(ports, c, 'target');
      const sourceRoot = rootOf(from, to);
      const source = { secret: from.secret, access: { ...from.access, root: sourceRoot } };
      const sourceServer = await openServer(ports, c, source, 'source', open, workers);
      trees.push(sourceServer);
      const targetServer = await openServer(ports, c, to, 'target', open, workers);
      trees.push(targetServer);
      const opened: CybozuJob = {
        ...job,
        layout,
        facts,
        sourceServer,
        targetServer,
        source: new ProductTree(sourceServer, layout),
        target: new ProductTree(targetServer, layout),
        // The product's data names its files: no name is changed.
        fileNames: 'keep',
        sourcePlace: { secret: from.secret, root: sourceRoot },
        targetPlace: createHash('sha256').update(`${to.access.host}\n${to.access.root}`).digest('hex'),
        samePath: sourceRoot === to.access.root,
        ...(to.access.owner && { owner: to.access.owner }),
      };
      const prepared = await readPrepared(opened);
      return work(prepared ? withTarget(opened, prepared) : opened, { chunksAtOnce: chunks });
    };
    try {
      return await workWith(trees, openBoth);
    } catch (error) {
      throw error instanceof ObjectProblem ? notAllowed() : error;
    }
  });
}

/** What the survey found counts more than what the customer thought. Throws TerminalError. */
function rootOf(from: Confided<'source'>, to: Confided<'target'>): string {
  const root = to.access.sourceRoot ?? from.access.root;
  if (root !== undefined) return root;
  throw new TerminalError(
    '移行元のサイボウズのフォルダが登録されていません。何も変更していません。移行内容に「移行元のサイボウズのフォルダ」を登録してから再開してください。',
  );
}

/** What the engineer has confirmed. Throws TerminalError. */
function factsOf({ forms }: Case) {
  const facts = cybozuFacts.safeParse(forms['migration-details']?.value);
  if (facts.success) return facts.data;
  throw new TerminalError(
    'サイボウズの版とコース、移行元・移行先の停止の確認が登録されていません。何も変更していません。移行内容を直してから再開してください。',
  );
}

function notAllowed(): TerminalError {
  return new TerminalError(
    '移行元または移行先のサイボウズのフォルダを読み書きできません（権限など）。移行済みの分は保持しています。接続に使うユーザーの権限をご確認ください。',
  );
}
