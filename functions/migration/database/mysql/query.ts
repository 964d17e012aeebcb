import type { Readable } from 'node:stream';
import type { Connection, ResultSetHeader } from 'mysql2';

export type Row = Record<string, string | number | null>;

/** Milliseconds after which a statement that answers in one go is given up. */
const patience = 600_000;

/** Rows as objects; numbers beyond 2^53 and decimals as text. */
export function rowsOf(connection: Connection, sql: string): Promise<Row[]> {
  return run(connection, { sql, timeout: patience }) as Promise<Row[]>;
}

export async function rowOf(connection: Connection, sql: string): Promise<Row> {
  return (await rowsOf(connection, sql))[0] ?? {};
}

export async function execute(connection: Connection, sql: string): Promise<ResultSetHeader> {
  return (await run(connection, { sql, timeout: patience })) as ResultSetHeader;
}

/** Statements that some versions or rights refuse, and that are then not needed. Network trouble still throws. */
export async function attempt(connection: Connection, sql: string): Promise<boolean> {
  try {
    await execute(connection, sql);
    return true;
  } catch (error) {
    if ((error as { errno?: number }).errno === undefined || (error as { fatal?: boolean }).fatal)
      throw error;
    return false;
  }
}

/** The one statement that sends a file: it is `stream`, and no name that a server mentions is ever opened. */
export async function executeWithStream(
  connection: Connection,
  sql: string,
  stream: Readable,
): Promise<ResultSetHeader> {
  let asked = false;
  const infileStreamFactory = () => {
    if (asked) throw new Error('A second file was asked for.');
    asked = true;
    return stream;
  };
  return (await run(connection, { sql, infileStreamFactory } as never)) as ResultSetHeader;
}

function run(connection: Connection, options: { sql: string; timeout?: number }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(options, (error: Error | null, result: unknown) =>
      error ? reject(marked(error, connection)) : resolve(result),
    );
  });
}

const ends = new WeakMap<Connection, string>();

/** From now on errors of this connection tell which end they are of. */
export function markEnd(connection: Connection, end: string): void {
  ends.set(connection, end);
}

/** mysql2 puts the whole statement into its errors: rows of a dump, passwords of CREATE USER. */
function marked(error: Error, connection: Connection): Error {
  delete (error as { sql?: string }).sql;
  return Object.assign(error, { end: ends.get(connection) });
}
