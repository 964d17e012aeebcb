export interface RowsHead {
  /** The same statement for another table. */
  into(table: string): string;
  /** Columns that it gives values to; undefined for all of the table's. */
  columns?: ReadonlySet<string>;
}

/** A name in a statement that the policy has let pass. */
export const passedName = String.raw`(?:"(?:[^"]|"")+"|[^\s"(.]+)`;
const head = new RegExp(String.raw`^(COPY|INSERT\s+INTO)\s+${passedName}(?:\s*\.\s*${passedName})?`, 'i');
const list = /^\s*\(((?:"(?:[^"]|"")*"|[^")])*)\)/;

/** `COPY s.t (a, b) FROM stdin`, `INSERT INTO s.t VALUES …`, of a statement that the policy has let pass. */
export function rowsHead(statement: string): RowsHead | undefined {
  const [whole, verb] = head.exec(statement) ?? [];
  if (whole === undefined) return undefined;
  const rest = statement.slice(whole.length);
  const into = (table: string) => `${verb} ${table}${rest}`;
  const [, names] = list.exec(rest) ?? [];
  if (names === undefined) return { into };
  const columns = [...names.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.toLowerCase(),
  );
  return { into, columns: new Set(columns) };
}
