import { TerminalError } from '../../../case/errors.ts';
import * as keys from '../../keys.ts';
import { readLinesIfAny } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import type { DatabaseLine } from '../line.ts';

/**
 * Paths of what this run or an earlier one of the same transfer has made at the target: of its ledger, or of its plan where
 * it ended before there was one. A replay begins anew over these, and over nothing else.
 */
export async function madeEarlier(job: DatabaseJob): Promise<Set<string>> {
  const paths = new Set<string>();
  for (let run = job.run; run > 0; run--) {
    const of = { ...job, run };
    const plan = await readPlan(of);
    const lists = plan ? [keys.chunkObjects(of, plan.id, 0), keys.chunkObjects(of, plan.id, 1)] : [];
    for (const key of [keys.ledger(of), ...lists]) {
      for await (const { path } of readLinesIfAny<DatabaseLine>(job.objects, key))
        if (path !== undefined) paths.add(path);
    }
  }
  return paths;
}

/** Throws TerminalError for what stands at the target and is not of this transfer. */
export function refuseOthers(standing: Iterable<string>, made: ReadonlySet<string>): void {
  const others = [...standing].filter((path) => !made.has(path));
  if (others.length === 0) return;
  const names = others.map((path) => path.replace(/^\.\/[^/]*\//, '')).slice(0, 5);
  throw new TerminalError(
    `移行先のデータベースが空ではありません。この移行で作成したものではないもの(${names.join('、')} など)があります。何も変更していません。` +
      '空のデータベースを用意するか、不要なものを削除してから再開してください。',
  );
}
