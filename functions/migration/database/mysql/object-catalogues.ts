import type { Catalogue, Fact } from './catalogue.ts';
import { plainType } from './table-catalogues.ts';

/** Under what an object was made: it decides how its text is read. */
const made: Record<string, Fact> = {
  DEFINER: (row, { definer }) => definer(row.DEFINER),
  文字セット: (row, { clientCharset }) => clientCharset(row.CHARACTER_SET_CLIENT),
  接続の照合順序: (row, { collation }) => collation(row.COLLATION_CONNECTION),
};
const stored: Record<string, Fact> = {
  ...made,
  sql_mode: (row, { modes }) => modes(row.SQL_MODE),
  データベースの照合順序: (row, { collation }) => collation(row.DATABASE_COLLATION),
};
/** Types and collations of what a routine takes and gives back. */
const value: Record<string, Fact> = {
  // Before 5.5.3 servers told the character set with it.
  型: ({ DTD_IDENTIFIER: type }) =>
    typeof type === 'string' ? plainType(type.toLowerCase().replace(/ charset \w+/, '')) : type,
  照合順序: (row, { collation }) => collation(row.COLLATION_NAME),
};

/** Columns of information_schema: MySQL 5.0 to 8.4 reference manual; MariaDB knowledge base, "Information Schema Tables". */
export const objectCatalogues: readonly Catalogue[] = [
  {
    view: 'VIEWS',
    schema: 'TABLE_SCHEMA',
    owner: (row) => `view ${row.TABLE_NAME}`,
    begins: true,
    facts: {
      ...made,
      'SQL SECURITY': (row) => row.SECURITY_TYPE,
      'CHECK OPTION': (row) => row.CHECK_OPTION,
    },
    texts: { 定義: (row, { view }) => view(row.VIEW_DEFINITION) },
  },
  {
    view: 'ROUTINES',
    schema: 'ROUTINE_SCHEMA',
    owner: (row) => `${String(row.ROUTINE_TYPE).toLowerCase()} ${row.ROUTINE_NAME}`,
    begins: true,
    facts: {
      ...stored,
      本体: (row, { sql }) => sql(row.ROUTINE_DEFINITION),
      戻り値の型: value.型!,
      戻り値の照合順序: value.照合順序!,
      DETERMINISTIC: (row) => row.IS_DETERMINISTIC,
      データの利用: (row) => row.SQL_DATA_ACCESS,
      'SQL SECURITY': (row) => row.SECURITY_TYPE,
      注釈: (row) => row.ROUTINE_COMMENT,
    },
  },
  {
    view: 'PARAMETERS',
    schema: 'SPECIFIC_SCHEMA',
    where: 'ORDINAL_POSITION > 0',
    owner: (row) => `${String(row.ROUTINE_TYPE).toLowerCase()} ${row.SPECIFIC_NAME}`,
    part: (row) => `引数 ${row.ORDINAL_POSITION}`,
    facts: {
      名前: (row) => row.PARAMETER_NAME,
      // Functions only take: some versions say so, some say nothing.
      向き: (row) => row.PARAMETER_MODE ?? 'IN',
      ...value,
    },
  },
  {
    view: 'TRIGGERS',
    schema: 'TRIGGER_SCHEMA',
    owner: (row) => `trigger ${row.TRIGGER_NAME}`,
    begins: true,
    facts: {
      ...stored,
      テーブル: (row, { name }) => name(row.EVENT_OBJECT_TABLE),
      時期: (row) => row.ACTION_TIMING,
      操作: (row) => row.EVENT_MANIPULATION,
      // Before there could be several of a kind, servers had 0.
      順番: (row) => (row.ACTION_ORDER === undefined ? undefined : Math.max(1, Number(row.ACTION_ORDER))),
      本体: (row, { sql }) => sql(row.ACTION_STATEMENT),
    },
  },
  {
    view: 'EVENTS',
    schema: 'EVENT_SCHEMA',
    // Zones have several names, and a server's own is another at the target: what counts is the time that they mean.
    more: "TIMEDIFF(CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', TIME_ZONE), UTC_TIMESTAMP()) AS ZONE",
    owner: (row) => `event ${row.EVENT_NAME}`,
    begins: true,
    facts: {
      ...stored,
      種類: (row) => row.EVENT_TYPE,
      間隔: (row) => `${row.INTERVAL_VALUE ?? ''} ${row.INTERVAL_FIELD ?? ''}`,
      実行日時: (row) => row.EXECUTE_AT,
      開始日時: (row) => row.STARTS,
      終了日時: (row) => row.ENDS,
      タイムゾーン: (row) => row.ZONE ?? undefined,
      状態: (row, { status }) => status(row.STATUS),
      'ON COMPLETION': (row) => row.ON_COMPLETION,
      注釈: (row) => row.EVENT_COMMENT,
      本体: (row, { sql }) => sql(row.EVENT_DEFINITION),
    },
  },
];
