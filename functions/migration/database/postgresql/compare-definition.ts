import { differenceOf, type Judging } from '../description.ts';
import type { DatabaseLine } from '../line.ts';
import type { Comparison } from '../pair.ts';
import { canBeDescribed, describe, versionOf } from './describe-definition.ts';
import type { Session } from './ends.ts';
import { sequenceValue } from './sequence-value.ts';

export interface ComparedEnds {
  source: Session;
  target: Session;
  /** Paths of what could not be made, and is told by itself. */
  skipped: ReadonlySet<string>;
  /** The source has it otherwise than it was when it was moved. */
  isChangedAtSource(line: DatabaseLine): Promise<boolean>;
}

/** As each server has it in its catalogue, fact by fact. A mere difference of spelling is a remark. */
export async function compareDefinitions(ends: ComparedEnds, line: DatabaseLine): Promise<Comparison> {
  if (!canBeDescribed(line)) return { result: 'match' };
  const [source, target] = [await describe(ends.source, line), await describe(ends.target, line)];
  if (!target) return { result: 'missing' };
  const name = line.schema ? `${line.schema}.${line.name}` : line.name;
  const difference = source
    ? differenceOf(source, target, await judging(ends, line))
    : { what: '移行元にない' };
  if (line.counter !== undefined && !(difference && 'what' in difference)) {
    const now = await sequenceValue(ends.target, line);
    if (now !== line.counter)
      return {
        result: 'differs',
        remark: `${name}: 移行先で連番の値が変更されています(移行時 ${line.counter}、移行先 ${now ?? 'なし'})`,
      };
  }
  if (!difference) return { result: 'match' };
  if ('spelling' in difference) return { result: 'match', remark: `${name}: ${difference.spelling}` };
  if (await ends.isChangedAtSource(line))
    return { result: 'changed-at-source', remark: `${name}: 移行後に移行元で定義が変更` };
  return { result: 'differs', remark: `${name}: 移行元と移行先で定義が異なります(${difference.what})` };
}

async function judging({ source, target, skipped }: ComparedEnds, line: DatabaseLine): Promise<Judging> {
  const [here, there] = [await versionOf(source), await versionOf(target)];
  return {
    otherVersion: Math.floor(here / 10_000) !== Math.floor(there / 10_000) || line.kind === 'extension',
    skeleton,
    isTold: (what) =>
      what.startsWith('既定値 ') && skipped.has(`./default/${line.schema}.${line.name} ${what.slice(4)}`),
  };
}

const quotedName = '"(?:[^"]|"")*"';
const cast = `::(?:${quotedName}|\\w+)(?:\\.(?:${quotedName}|\\w+))?(?: varying| precision| with(?:out)? time zone)?(?:\\([\\d, ]+\\))?(?:\\[\\])*`;
const parts = new RegExp(`('(?:[^']|'')*'|${quotedName})|${cast}|[\\s()]+`, 'g');

/** Without casts, brackets and blanks: a server that reads its own text puts these otherwise the second time. */
export function skeleton(text: string): string {
  return text.replaceAll(parts, (_, quoted?: string) => quoted ?? '');
}
