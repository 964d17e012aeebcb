import { bytesText, grouped } from '../../functions/case/wording.ts';
import { type Progress, readProgress } from '../../functions/migration/progress.ts';
import type { People } from './people.ts';
import { until } from './until.ts';

/** Seconds; a transfer of the demo's size takes a few. */
const longestTransfer = 300;
const pauseBetweenLines = 1000;

const phases: Record<Progress['phase'], string> = {
  waiting: '開始日時を待っています',
  inventory: '一覧を作成中',
  copy: 'コピー中',
  verify: '照合中',
  done: '照合まで完了',
};

/** Tells how far the transfer is until it is over. A problem ends it: the next step never comes. */
export async function reportTransfer(people: People): Promise<void> {
  const { product, teller, signal } = people.options;
  const { id } = await people.load();
  let last = '';
  let spoke = Number.NEGATIVE_INFINITY;
  const look = async () => {
    const c = await people.load();
    if (c.transfers.length > 0 || c.problems.length > 0) return c;
    const progress = await readProgress(product.ports.objects, id, 'web', 1);
    const line = lineOf(progress);
    const due = performance.now() - spoke >= pauseBetweenLines;
    if (line !== last && (due || !last.startsWith(phases[progress.phase]))) {
      teller.tell('system', `Web データの移行：${line}`);
      last = line;
      spoke = performance.now();
    }
    return undefined;
  };
  const c = await until(look, longestTransfer, signal, () => new Error('移行が時間内に終わりません。'));
  const [done] = c.transfers;
  if (!done) return;
  teller.tell(
    'system',
    `Web データの移行：対象 ${grouped(done.objects)}件（${bytesText(done.bytes)}）、移行済み ${grouped(done.moved)}件、` +
      `調整 ${grouped(done.altered)}件、対象外 ${grouped(done.skipped)}件、未確認 ${grouped(done.unexplained)}件`,
  );
}

function lineOf({ phase, objects, bytes }: Progress): string {
  if (phase === 'waiting') return phases.waiting;
  if (phase === 'inventory') return `${phases.inventory} ${grouped(objects.total)}件`;
  return `${phases[phase]} ${grouped(objects.done)} / ${grouped(objects.total)}件・${bytesText(bytes.done)} / ${bytesText(bytes.total)}`;
}
