import type { Description } from '../description.ts';
import type { Row } from './query.ts';

export type Value = Row[string] | undefined;
export type CatalogueRow = Partial<Row>;

/** How one end's values are read, so that both ends' are the same where the move has changed nothing but what it tells. */
export interface Reading {
  charset(name: Value): unknown;
  /** Of the client that made an object. */
  clientCharset(name: Value): unknown;
  collation(name: Value): unknown;
  engine(name: Value): unknown;
  /** Of a table, view or trigger. */
  name(name: Value): unknown;
  definer(account: Value): unknown;
  modes(list: Value): unknown;
  /** Of an event. */
  status(status: Value): unknown;
  /** Text as it was typed. */
  sql(text: Value): unknown;
  /** A view's text, which the server has put together. */
  view(text: Value): unknown;
  /** Behind a table's columns. */
  options(text: Value): unknown;
}

/** How this server's version words what others word otherwise. */
export interface Wording {
  /** A column's default is an expression, `NULL` and `'a'` too (MariaDB 10.2.7, MDEV-13132), and else the bare value. */
  quotesDefaults: boolean;
}

/** Undefined where this server's version has no such column. */
export type Fact = (row: CatalogueRow, reading: Reading & Wording) => unknown;

/** A table of information_schema that describes definitions, or parts of them. */
export interface Catalogue {
  view: string;
  /** Its column with the database's name. */
  schema: string;
  where?: string;
  /** Another column, computed. */
  more?: string;
  order?: string;
  /** `table posts`. */
  owner(row: CatalogueRow): string;
  /** `列 id`: facts are of this part; what several rows say of one part is put in a list. */
  part?(row: CatalogueRow): string;
  /** A row is an object of its own; the others tell more of one. */
  begins?: boolean;
  facts: Record<string, Fact>;
  texts?: Record<string, Fact>;
}

/** Puts what a row tells into its owner's description. */
export function tell(
  catalogue: Catalogue,
  row: CatalogueRow,
  reading: Reading & Wording,
  of: Description,
): void {
  const part = catalogue.part?.(row);
  for (const kind of ['facts', 'texts'] as const) {
    for (const [label, fact] of Object.entries(catalogue[kind] ?? {})) {
      const key = part === undefined ? label : `${part} の${label}`;
      const [before, value] = [of[kind][key], fact(row, reading)];
      of[kind][key] = before === undefined ? value : `${before}, ${value}`;
    }
  }
}
