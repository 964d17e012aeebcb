import type { Readable } from 'node:stream';
import type { Connection } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
import { RowsRefused } from '../pair.ts';
import { quoteName } from './identifiers.ts';
import { executeWithStream, rowsOf } from './query.ts';
import type { Table } from './schema.ts';
import type { LoadList } from './select-columns.ts';

/**
 * Text of readRows into a table. LOCAL turns errors into warnings and skips rows whose key is taken (MySQL manual, "LOAD
 * DATA"): both are looked for, and mean that the range did not arrive. Returns how many rows did.
 */
export async function loadRows(
  connection: Connection,
  table: Table,
  { columns, set }: LoadList,
  stream: Readable,
  repairs = false,
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
