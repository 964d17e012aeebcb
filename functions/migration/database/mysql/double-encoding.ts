import type { Connection } from 'mysql2';
import { quoteName } from './identifiers.ts';
import { rowOf, rowsOf } from './query.ts';
import type { Column, Table } from './schema.ts';
import { replaceParts, tokensOf } from './tokens.ts';

/**
 * UTF-8 bytes that an application stored over a latin1 connection. In a latin1 column they lie as they are, under the
 * wrong name; in a UTF-8 column each byte became a character. Only values that are UTF-8 in this way are touched: real
 * latin1 and text that is right already stay what they are, so that nothing becomes `?`.
 */
export function canBeDoubled(column: Column): boolean {
  return (
    /^((tiny|medium|long)?text|(var)?char)$/.test(column.type) &&
    /^(latin1|utf8|utf8mb3|utf8mb4)$/.test(column.charset ?? '')
  );
}

/** The value's bytes in UTF-8, repaired where it is doubled. `value` is a column of this character set, or its bytes. */
export function repairedBytes(value: string, charset: string): string {
  const text = `CONVERT(${value} USING utf8mb4)`;
  const bytes = bytesOf(value, charset);
  const otherwise =
    charset === 'latin1' ? asBinary(`CONVERT(CONVERT(${bytes} USING latin1) USING utf8mb4)`) : asBinary(text);
  return `IF(${isDoubled(value, charset)}, ${bytes}, ${otherwise})`;
}

/** The bytes that the application sent. */
function bytesOf(value: string, charset: string): string {
  return charset === 'latin1'
    ? asBinary(value)
    : asBinary(`CONVERT(CONVERT(${value} USING utf8mb4) USING latin1)`);
}

function isDoubled(value: string, charset: string): string {
  const bytes = bytesOf(value, charset);
  const valid = `COALESCE(${asBinary(`CONVERT(${bytes} USING utf8mb4)`)} = ${bytes}, 0)`;
  if (charset === 'latin1') return valid;
  const text = asBinary(`CONVERT(${value} USING utf8mb4)`);
  return `(${valid} AND COALESCE(${asBinary(`CONVERT(CONVERT(${bytes} USING latin1) USING utf8mb4)`)} = ${text}, 0))`;
}

function asBinary(expression: string): string {
  return `CAST(${expression} AS BINARY)`;
}

export interface DoubleEncoding {
  table: string;
  column: string;
  /** Values that hold more than ASCII, and how many of those are doubled. */
  beyondAscii: number;
  doubled: number;
  /** Characters (not values: those are the customer's) before and after, from a sample. */
  before: string;
  after: string;
}

const sample = 200;

/** Columns of a table that hold doubled text; reads the table once. */
export async function findDoubleEncoding(connection: Connection, table: Table): Promise<DoubleEncoding[]> {
  const columns = table.columns.filter((column) => canBeDoubled(column) && !column.generated);
  if (columns.length === 0) return [];
  const beyond = (column: Column) => `(HEX(${quoteName(column.name)}) REGEXP '^(..)*[89A-F]')`;
  const sums = columns.map((column, index) => {
    const doubled = `(${beyond(column)} AND ${isDoubled(quoteName(column.name), column.charset!)})`;
    return `SUM(COALESCE(${beyond(column)}, 0)) AS beyond${index}, SUM(COALESCE(${doubled}, 0)) AS doubled${index}`;
  });
  const counts = await rowOf(connection, `SELECT ${sums.join(', ')} FROM ${quoteName(table.name)}`);
  const found: DoubleEncoding[] = [];
  for (const [index, column] of columns.entries()) {
    const doubled = Number(counts[`doubled${index}`] ?? 0);
    if (doubled === 0) continue;
    const name = quoteName(column.name);
    const where = `${beyond(column)} AND ${isDoubled(name, column.charset!)}`;
    const rows = await rowsOf(
      connection,
      `SELECT LEFT(CONVERT(${name} USING utf8mb4), 100) AS was, LEFT(CONVERT(${repairedBytes(name, column.charset!)} USING utf8mb4), 100) AS becomes ` +
        `FROM ${quoteName(table.name)} WHERE ${where} LIMIT ${sample}`,
    );
    found.push({
      table: table.name,
      column: column.name,
      beyondAscii: Number(counts[`beyond${index}`] ?? 0),
      doubled,
      before: characters(rows.map(({ was }) => String(was))),
      after: characters(rows.map(({ becomes }) => String(becomes))),
    });
  }
  return found;
}

/** Which characters beyond ASCII there are, at most 60. */
function characters(texts: readonly string[]): string {
  const all = new Set(texts.flatMap((text) => [...text]).filter((character) => character > '\u009f'));
  return [...all].sort().slice(0, 60).join('');
}

/** The table's statement with the repaired columns in utf8mb4, which is what their bytes are. */
export function declareRepaired(create: string, repaired: ReadonlySet<string>): string {
  if (repaired.size === 0) return create;
  const tokens = [...tokensOf(create)];
  const replacements = [];
  for (const [index, token] of tokens.entries()) {
    const starts = tokens[index - 1]?.value === ',' || tokens[index - 1]?.value === '(';
    if (token.kind !== 'name' || !starts || !repaired.has(token.value)) continue;
    let at = index + 2;
    if (tokens[at]?.value === '(') while (tokens[at - 1]?.value !== ')') at++;
    const from = tokens[at - 1]!.to;
    if (tokens[index + 1]?.kind !== 'word') continue;
    if (tokens[at]?.value === 'CHARACTER') at += 3;
    if (tokens[at]?.value === 'COLLATE') at += 2;
    replacements.push({
      from,
      to: tokens[at - 1]!.to,
      by: ' CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    });
  }
  return replaceParts(create, replacements);
}
