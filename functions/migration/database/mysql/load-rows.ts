import { Readable } from 'node:stream';
import type { Connection } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
import { RowsRefused } from '../pair.ts';
import { bulkInsert } from './bulk-insert.ts';
import { quoteName } from './identifiers.ts';
import { executeWithStream, rowsOf } from './query.ts';
import { rowText } from './row-text.ts';
import { ownColumns, type Table } from './schema.ts';
import type { LoadList } from './select-columns.ts';

/**
 * Rows (RowBytes) into a table: through COM_STMT_BULK_EXECUTE where the server has it and every value goes in as it is, the rest and
 * all others by LOAD DATA. Both are told to turn errors into warnings and to skip rows whose key is taken, so that they
 * refuse alike (LOCAL and IGNORE; MySQL manual, "LOAD DATA", "INSERT"): both are looked for, and mean that the range did not arrive.
 * Returns how many rows did.
 */
export async function insertRows(
  connection: Connection,
  table: Table,
  list: LoadList,
  content: Readable,
  { bulk, repairs = false }: { bulk: boolean; repairs?: boolean },
): Promise<number> {
  const columns = ownColumns(table).length;
  const pieces = content[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let count = 0;
  let rest: Buffer[] | undefined;
  if (bulk && list.set === '') {
    const sql = `INSERT IGNORE INTO ${quoteName(table.name)} (${list.columns}) VALUES (${Array(columns).fill('?').join(', ')})`;
    rest = await bulkInsert(connection, sql, columns, pieces, async ({ rows, warnings }) => {
      if (warnings > 0) await refuseWarnings(connection, table, repairs);
      count += rows;
    });
    if (rest.length === 0) return count;
  }
  const left = rowText(chained(rest ?? [], pieces), columns);
  return count + (await loadRows(connection, table, list, Readable.from(left), repairs));
}

async function* chained(first: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function loadRows(
  connection: Connection,
  table: Table,
  { columns, set }: LoadList,
  stream: Readable,
  repairs: boolean,
): Promise<number> {
  const result = await executeWithStream(
    connection,
    `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quoteName(table.name)} CHARACTER SET binary ` +
      `FIELDS TERMINATED BY '\\t' ENCLOSED BY '' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${columns}) ${set}`,
    stream,
  );
  const { info } = result as { info?: string };
  const [, records = '0', skipped = '0', warnings = '0'] =
    /Records: (\d+)\s+Deleted: \d+\s+Skipped: (\d+)\s+Warnings: (\d+)/.exec(info ?? '') ?? [];
  if (info === undefined || info === '') throw noCounts();
  if (Number(warnings) > 0) await refuseWarnings(connection, table, repairs);
  if (Number(skipped) > 0) {
    throw new RowsRefused(`${skipped}行のキーが重複しました(移行先の照合順序では同じ値になります)`);
  }
  return Number(records);
}

/** ER_INVALID_CHARACTER_STRING; ER_CANNOT_CONVERT_CHARACTER of MySQL 8 and of MariaDB. */
const triedCharacters = new Set([1300, 3854, 1977]);

/** Warnings that say nothing about the value: the empty word that an ENUM holds after an error (1265 on ENUM). */
async function refuseWarnings(connection: Connection, table: Table, repairs: boolean): Promise<void> {
  const enums = new Set(table.columns.filter(({ type }) => type === 'enum').map(({ name }) => name));
  for (const row of await rowsOf(connection, 'SHOW WARNINGS')) {
    // A repair tries whether a value is UTF-8; that one is not is the answer, not a loss. The checksum proves the rest.
    if (repairs && triedCharacters.has(Number(row.Code))) continue;
    const [, column] = /column '?([^']*)'?(?: at row|$)/i.exec(String(row.Message)) ?? [];
    const name = column?.split('.').at(-1)?.replaceAll('`', '') ?? '';
    if (Number(row.Code) === 1265 && enums.has(name)) continue;
    throw new RowsRefused(`列 ${name || '(不明)'} の値を移行先が受け付けません(警告${row.Code})`);
  }
}

function noCounts(): TerminalError {
  return new TerminalError('移行先が書き込んだ行数を答えません。この範囲は取り消しました。');
}
