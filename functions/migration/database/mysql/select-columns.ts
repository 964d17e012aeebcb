import { repairedBytes } from './double-encoding.ts';
import { quoteName } from './identifiers.ts';
import { type Column, ownColumns, type Table } from './schema.ts';

/**
 * How a column is read so that its text stands for exactly its value. FLOAT is shown with six digits: widened to DOUBLE
 * it is shown with all that tell it apart (MySQL manual, "Problems with Floating-Point Values").
 */
export function readExpression(column: Column): string {
  const name = quoteName(column.name);
  return column.type === 'float' ? `(${name} + 0e0)` : isByNumber(column) ? `(${name} + 0)` : name;
}

/** An ENUM with the word '' shows it and its error value alike: only the numbers differ. */
function isByNumber({ type, fullType }: Column): boolean {
  return type === 'enum' && /[(,]''[,)]/.test(fullType);
}

export function readList(table: Table): string {
  return ownColumns(table).map(readExpression).join(', ');
}

export interface LoadList {
  /** Columns and variables of LOAD DATA. */
  columns: string;
  /** `SET …`, or ''. */
  set: string;
}

/** How a column is written from the bytes that were read. */
export function loadList(table: Table, target: 'mysql' | 'mariadb', repaired: ReadonlySet<string>): LoadList {
  const sets: string[] = [];
  const columns = ownColumns(table).map((column, index) => {
    const expression = writeExpression(column, `@v${index}`, target, repaired.has(column.name));
    if (expression === undefined) return quoteName(column.name);
    sets.push(`${quoteName(column.name)} = ${expression}`);
    return `@v${index}`;
  });
  return { columns: columns.join(', '), set: sets.length > 0 ? `SET ${sets.join(', ')}` : '' };
}

function writeExpression(
  column: Column,
  variable: string,
  target: string,
  repair: boolean,
): string | undefined {
  if (repair && column.charset) return `CONVERT(${repairedBytes(variable, column.charset)} USING utf8mb4)`;
  if (isByNumber(column)) return `${variable} + 0`;
  // MySQL's own JSON refuses binary text; MariaDB's is text.
  if (column.type === 'json' && target === 'mysql') return `CONVERT(${variable} USING utf8mb4)`;
  return undefined;
}
