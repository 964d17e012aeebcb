import type { Grant } from './grants.ts';

/** What a database consists of, as far as the move is concerned. */
export interface Column {
  name: string;
  /** DATA_TYPE in lower case: `int`, `varchar`, `json`. */
  type: string;
  /** COLUMN_TYPE: `int(10) unsigned`. */
  fullType: string;
  charset?: string;
  nullable: boolean;
  /** Computed by the target itself, so never written. */
  generated: boolean;
}

export interface TableKey {
  columns: string[];
  /** The first column is an integer: the table can be cut into ranges of it. */
  ranged: boolean;
}

export interface Table {
  name: string;
  /** '' for a sequence. */
  engine: string;
  create: string;
  columns: Column[];
  /** Primary key, or a unique key without NULL; absent where rows cannot be told apart. */
  key?: TableKey;
  /** Estimates of the server. */
  rows: number;
  bytes: number;
  /** Rows of a time that is over are kept by the server (MariaDB); they stay behind. */
  versioned: boolean;
}

export type StoredKind =
  | 'sequence'
  | 'function'
  | 'procedure'
  | 'package'
  | 'package body'
  | 'view'
  | 'trigger'
  | 'event';

export interface StoredObject {
  kind: StoredKind;
  name: string;
  create: string;
  /** As it was when the object was made; it decides how the text is read. */
  sqlMode?: string;
  charset?: string;
  collation?: string;
  /** Of the database when the object was made: what it declares no collation for has this one. */
  databaseCollation?: string;
  /** Of an event: in which its times are, and what that is ahead of UTC by (`09:00:00`). */
  zone?: { name: string; offset: string };
  /** Of a trigger. */
  table?: string;
  /** Of a sequence: the next value that was not handed out. */
  next?: string;
}

export interface Schema {
  database: string;
  charset: string;
  collation: string;
  tables: Table[];
  objects: StoredObject[];
  /** Of other accounts than the one that reads. */
  grants: Grant[];
  /** What could not be read, and why. */
  unreadable: { kind: StoredKind | 'table'; name: string; why: string }[];
}

/** Engines that undo a transaction. */
export function isTransactional(table: Table): boolean {
  return /^(innodb|rocksdb|tokudb|ndbcluster|xtradb)$/i.test(table.engine);
}

/** Tables whose rows are elsewhere: on other servers, in other tables, in files. */
export function holdsNoRows(table: Table): string | undefined {
  if (/^(mrg_myisam|merge)$/i.test(table.engine)) return undefined;
  if (/^(federated|connect|spider|csv_remote|blackhole|oqgraph|s3)$/i.test(table.engine)) {
    return `ストレージエンジン ${table.engine} のデータはこのデータベースの外にあります`;
  }
  return undefined;
}

/** Columns that are read and written. */
export function ownColumns(table: Table): Column[] {
  return table.columns.filter((column) => !column.generated);
}
