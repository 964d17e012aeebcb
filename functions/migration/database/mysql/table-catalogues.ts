import type { Catalogue } from './catalogue.ts';
import { columnDefault } from './column-default.ts';

const ofTable = (row: { TABLE_NAME?: unknown }) => `table ${row.TABLE_NAME}`;

/** Columns of information_schema: MySQL 5.0 to 8.4 reference manual; MariaDB knowledge base, "Information Schema Tables". */
export const tableCatalogues: readonly Catalogue[] = [
  {
    view: 'TABLES',
    schema: 'TABLE_SCHEMA',
    where: "TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')",
    owner: ofTable,
    begins: true,
    facts: {
      ストレージエンジン: (row, { engine }) => engine(row.ENGINE),
      照合順序: (row, { collation }) => collation(row.TABLE_COLLATION),
      // InnoDB of MySQL 5.0 and 5.1 speaks in it too.
      注釈: (row) => String(row.TABLE_COMMENT ?? '').replace(/(?:^|; )InnoDB free: \d+ kB.*$/s, ''),
      行の履歴: (row) => row.TABLE_TYPE === 'SYSTEM VERSIONED',
    },
    texts: { オプション: (row, { options }) => options(row.CREATE_OPTIONS) },
  },
  {
    view: 'COLUMNS',
    schema: 'TABLE_SCHEMA',
    owner: ofTable,
    part: (row) => `列 ${row.COLUMN_NAME}`,
    order: 'TABLE_NAME, ORDINAL_POSITION',
    facts: {
      順番: (row) => row.ORDINAL_POSITION,
      型: (row) => plainType(String(row.COLUMN_TYPE).toLowerCase()),
      NULLの可否: (row) => row.IS_NULLABLE === 'YES',
      // MySQL's JSON has neither, and is what MariaDB has as text.
      文字セット: (row, { charset }) =>
        charset(row.DATA_TYPE === 'json' ? 'utf8mb4' : row.CHARACTER_SET_NAME),
      照合順序: (row, { collation }) =>
        collation(row.DATA_TYPE === 'json' ? 'utf8mb4_bin' : row.COLLATION_NAME),
      注釈: (row) => row.COLUMN_COMMENT,
    },
    texts: {
      既定値: columnDefault,
      属性: (row) =>
        String(row.EXTRA ?? '')
          .replace('DEFAULT_GENERATED', '')
          .replace(/^PERSISTENT$/, 'STORED GENERATED')
          .replace(/^VIRTUAL$/, 'VIRTUAL GENERATED'),
      生成式: (row, { sql }) => sql(row.GENERATION_EXPRESSION === '' ? null : row.GENERATION_EXPRESSION),
    },
  },
  {
    view: 'STATISTICS',
    schema: 'TABLE_SCHEMA',
    owner: ofTable,
    part: (row) => `索引 ${row.INDEX_NAME}`,
    order: 'TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX',
    facts: {
      一意: (row) => Number(row.NON_UNIQUE) === 0,
      // Of SPATIAL and FULLTEXT keys versions tell lengths and orders that nobody has written.
      列: (row) =>
        row.INDEX_TYPE === 'BTREE'
          ? `${row.COLUMN_NAME ?? row.EXPRESSION}(${row.SUB_PART ?? ''}) ${row.COLLATION ?? ''}`
          : row.COLUMN_NAME,
      種類: (row) => row.INDEX_TYPE,
      注釈: (row) => row.INDEX_COMMENT,
    },
  },
  {
    view: 'PARTITIONS',
    schema: 'TABLE_SCHEMA',
    where: 'PARTITION_NAME IS NOT NULL',
    owner: ofTable,
    part: (row) => `パーティション ${row.PARTITION_NAME}`,
    order: 'TABLE_NAME, PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION',
    facts: { 方法: (row) => `${row.PARTITION_METHOD} ${row.SUBPARTITION_METHOD ?? ''}` },
    texts: {
      式: (row) => `${row.PARTITION_EXPRESSION ?? ''} ${row.SUBPARTITION_EXPRESSION ?? ''}`,
      範囲: (row) => row.PARTITION_DESCRIPTION,
    },
  },
];

/** Servers write one type in several ways: display widths went with MySQL 8, which shortens a name too; JSON is text in MariaDB. */
export function plainType(type: string): string {
  return type
    .replace(/int\(\d+\)/, 'int')
    .replace(/^year\(\d+\)/, 'year')
    .replace(/^json$/, 'longtext')
    .replace(/^geomcollection/, 'geometrycollection')
    .replace(/\s+\/\*.*$/, '')
    .trim();
}
