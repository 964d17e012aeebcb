import { isWord } from '../mysql/tokens.ts';
import { DumpText } from './dump-text.ts';
import type { DumpStatement } from './mysql-splitter.ts';

/** Bytes that hold a list of 4096 columns with names of ordinary length. */
const longestHead = 128 * 1024;

export interface RowsHead {
  /** The same statement for another table, whose name is ASCII. */
  into(table: string): Buffer;
  /** Columns that it gives values to, in small letters; undefined for all of the table's. */
  columns?: ReadonlySet<string>;
}

/** `INSERT INTO t (a, b) VALUES …`, of a statement that the policy has let pass. */
export function rowsHead(statement: DumpStatement): RowsHead {
  const { bytes } = statement;
  const text = new DumpText(statement, Math.min(bytes.length, longestHead));
  const tokens = text.tokens();
  const into = tokens.findIndex((token) => isWord(token, 'INTO'));
  const first = into < 0 ? 1 : into + 1;
  const last = tokens[first + 1]?.value === '.' ? first + 2 : first;
  const [from, to] = [tokens[first]?.from ?? 0, tokens[last]?.to ?? 0];
  const head = {
    into: (table: string) => Buffer.concat([bytes.subarray(0, from), Buffer.from(table), bytes.subarray(to)]),
  };
  const next = tokens[last + 1];
  if (next?.kind === 'word' && /^VALUES?$/.test(next.value)) return head;
  // INSERT … SET, or a partition's name: what is not a list of names names no column.
  const end = next?.value === '(' ? tokens.findIndex(({ value }, index) => index > last && value === ')') : 0;
  const named = tokens.slice(last + 2, Math.max(end, 0)).filter(({ value }) => value !== ',');
  return { ...head, columns: new Set(named.map((token) => text.name(token).toLowerCase())) };
}
