import { countFruitless } from '../../fruitless.ts';
import { timeIsShort } from '../../job.ts';
import * as keys from '../../keys.ts';
import { readJson, readLinesIfAny, writeJson } from '../../ndjson.ts';
import type { DatabaseJob } from '../job.ts';
import { type DatabaseLine, isRows } from '../line.ts';
import type { Comparison } from '../pair.ts';
import type { ContentEnd } from './content-end.ts';
import { beginning, type ContentState } from './content-state.ts';
import { RowSums } from './sum-rows.ts';
import { added, differenceOf, noRows, spansOf } from './table-sums.ts';

/** Reads the dump on from `state.place`; false when time ran short. */
export type ReadRows = (
  lines: ReadonlyMap<string, DatabaseLine>,
  state: ContentState,
  sums: RowSums,
) => Promise<boolean>;

const fruitless =
  '照合のためにダンプを続きまで読むだけで1回の処理時間が終わり、照合が進みません。移行済みの分と照合済みの分は保持しています。時間をおいて再開してください。';

/**
 * Compares each table that a dump has filled with the dump, row by row in sums. Undefined when time ran short: calling
 * again goes on, also after a call that died.
 */
export async function compareContent(
  job: DatabaseJob,
  plan: string,
  end: ContentEnd,
  readRows: ReadRows,
): Promise<ContentState | undefined> {
  const key = `${keys.verifyState(job, plan)}.content`;
  const state = (await readJson<ContentState>(job.objects, key)) ?? beginning();
  const save = () => writeJson(job.objects, key, state);
  const lines = await linesOf(job, plan);
  const before = progressOf(state);
  if (!state.read) {
    const sums = new RowSums(end, state, save);
    state.read = await readRows(lines, state, sums);
    await sums.flush();
  }
  const complete = state.read && (await compareTables(job, end, lines, state, save));
  await save();
  if (complete) return state;
  await countFruitless(job, `${key}.calls`, progressOf(state) !== before, fruitless);
  return undefined;
}

async function linesOf(job: DatabaseJob, plan: string): Promise<Map<string, DatabaseLine>> {
  const lines = new Map<string, DatabaseLine>();
  for await (const line of readLinesIfAny<DatabaseLine>(job.objects, keys.chunkObjects(job, plan, 1)))
    if (isRows(line)) lines.set(line.path ?? '', line);
  return lines;
}

function progressOf({ place, read, target, results }: ContentState): string {
  return JSON.stringify([place, read, target?.path, target?.spans, Object.keys(results).length]);
}

/** False when time ran short. */
async function compareTables(
  job: DatabaseJob,
  end: ContentEnd,
  lines: ReadonlyMap<string, DatabaseLine>,
  state: ContentState,
  save: () => Promise<void>,
): Promise<boolean> {
  let rows = 0;
  for (const [path, line] of lines) {
    if (state.results[path]) continue;
    const result = await compareTable(job, end, path, line, state).catch((error): Comparison => {
      if (end.isGone(error)) return { result: 'missing' };
      throw error;
    });
    if (result === undefined) return false;
    state.results[path] = result;
    delete state.dump[path];
    delete state.target;
    rows += line.rows ?? 0;
    if (rows < 1_000_000) continue;
    rows = 0;
    await save();
  }
  return true;
}

async function compareTable(
  job: DatabaseJob,
  end: ContentEnd,
  path: string,
  line: DatabaseLine,
  state: ContentState,
): Promise<Comparison | undefined> {
  if (timeIsShort(job)) return undefined;
  if (!(await end.has(line))) return { result: 'missing' };
  const name = line.schema === undefined ? line.name : `${line.schema}.${line.name}`;
  const why = state.counted[path];
  if (why !== undefined) return compareCount(name, line, await end.count(line), why);
  const { cut, sums } = state.dump[path] ?? { sums: noRows };
  const spans = spansOf(cut, line.rows ?? 0);
  const target = state.target?.path === path ? state.target : { path, spans: 0, sums: noRows };
  state.target = target;
  for (; target.spans < spans.length; target.spans++) {
    if (timeIsShort(job)) return undefined;
    target.sums = added(target.sums, await end.sumsAtTarget(line, cut, spans[target.spans]!));
  }
  const remark = differenceOf(name, cut, sums, target.sums);
  return remark === undefined ? { result: 'match' } : { result: 'differs', remark };
}

function compareCount(name: string, line: DatabaseLine, count: number, why: string): Comparison {
  const told = `内容は比べられないため、行数だけを照合しました(${why})`;
  if (count === line.rows) return { result: 'match', remark: told };
  return { result: 'differs', remark: `${name}: ダンプ${line.rows}行、移行先${count}行。${told}` };
}

/** Of rows, as they were compared; a line that the dump's plan does not have was never compared. */
export function contentOf(state: ContentState | undefined, { path = '' }: DatabaseLine): Comparison {
  return state?.results[path] ?? { result: 'missing' };
}

/** What people must know beside the counts. */
export function contentRemarks(state: ContentState | undefined): string[] {
  const reasons = Object.entries(state?.counted ?? {});
  if (reasons.length === 0) return [];
  const examples = reasons.slice(0, 3).map(([path, why]) => `${path.replace(/^\.\/rows\//, '')}: ${why}`);
  return [
    `${reasons.length}個のテーブルは内容を比べられず、ダンプと行数だけを照合しました(${examples.join('、')}${reasons.length > 3 ? ' など' : ''})。` +
      '内容は画面などでご確認ください。',
  ];
}
