import { named } from '../description.ts';
import type { DatabaseLine } from '../line.ts';
import type { Comparison } from '../pair.ts';
import type { Replayed } from './replayed-definitions.ts';

/** A definition that a dump names: there, and fact by fact as the replay has left it. */
export function compareReplayed({ now, altered }: Replayed, line: DatabaseLine): Comparison {
  const { path = '', name, schema, how } = line;
  if (!now.has(path)) return { result: 'missing' };
  const found = altered.get(path);
  if (!found) return { result: 'match' };
  const place = schema ? `${schema}.${name}` : name;
  if (found.length === 0)
    return { result: 'differs', remark: `${place}: 取り込みの後に移行先で作成されています` };
  // We have disabled it, and the cutover lets it run.
  const told = found.filter((fact) => fact !== '状態' || how?.includes('切り替えまで無効') !== true);
  if (told.length === 0) return { result: 'match' };
  const what = named(told);
  return { result: 'differs', remark: `${place}: 取り込みの後に移行先で定義が変更されています(${what})` };
}
