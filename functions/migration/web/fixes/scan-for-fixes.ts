import { copyHoursOf, endsAt, isWithin, nextStart } from '../../../case/copy-hours.ts';
import { OutOfHoursError } from '../../../case/errors.ts';
import { NotFoundError, type Ports } from '../../../case/ports.ts';
import { serverLoad } from '../../../case/server-load.ts';
import { dataKey } from '../../data-key.ts';
import type { Turn } from '../../engine.ts';
import { margin } from '../../job.ts';
import { writeJson } from '../../ndjson.ts';
import { inWords } from '../../transfer-problem.ts';
import { type OpenTree, openPinned } from '../open-pinned.ts';
import { concludeScan } from './conclude-scan.ts';
import * as keys from './keys.ts';
import { scanTree } from './scan-tree.ts';
import { ScanWriter } from './scan-writer.ts';

/**
 * One turn of the search for what the move will break (R9), over the source as it was confided: read only, within the
 * customer's copy hours (R23). A later scan ends this one. Throws TransientError, OutOfHoursError or TerminalError.
 */
export async function scanForFixes(
  ports: Ports,
  { caseId, scan }: { caseId: string; scan: number },
  open: OpenTree,
): Promise<Turn> {
  const c = await ports.records.load(caseId);
  if (!c) throw new NotFoundError(`案件 ${caseId} はありません。`);
  const fixes = c.webFixes;
  if (fixes?.scan !== scan || fixes.status !== 'running') return { more: false };
  const { clock, settings, objects } = ports;
  const hours = copyHoursOf(c);
  const now = clock.now();
  const ends = hours ? endsAt(hours, now).getTime() : Number.POSITIVE_INFINITY;
  if (hours && !(isWithin(hours, now) && ends - now.getTime() > margin)) {
    throw new OutOfHoursError('コピーしてよい時間帯を待っています。', nextStart(hours, now));
  }
  try {
    const source = await openPinned(ports, c, 'source', open, serverLoad(c, settings, 'source'));
    try {
      const of = { caseId, scan, objects, dataKey: await dataKey(ports.vault, caseId) };
      const writer = await ScanWriter.begin(of);
      const work = {
        source,
        request: fixes.request,
        target: settings.targets[c.customer.serverKind].web,
        rules: settings.webFixes,
        remaining: () => Math.min(ports.remaining(), ends - clock.now().getTime()),
      };
      if (!(await scanTree(work, writer))) return { more: true };
      await concludeScan(of, writer.state, settings);
      return { more: false };
    } finally {
      await source.close();
    }
  } catch (error) {
    await writeJson(objects, keys.scanProblem(caseId, scan), { message: inWords(error) });
    throw error;
  }
}
