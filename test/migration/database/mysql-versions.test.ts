import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { Connection } from 'mysql2';
import { differenceOf } from '../../../functions/migration/database/description.ts';
import { skeleton } from '../../../functions/migration/database/mysql/compare-definition.ts';
import { asMoved, asTheyStand } from '../../../functions/migration/database/mysql/definition-reading.ts';
import { readDefinitions } from '../../../functions/migration/database/mysql/read-definitions.ts';
import { checksOf, unnamedCheck } from '../../../functions/migration/database/mysql/table-texts.ts';

type Row = Record<string, string | number | null>;
/** By table of information_schema: what a version's manual says stands in it; a table that is not here it does not have. */
type Answers = Record<string, Row[]>;

/** A server of a version that none of ours has. */
function server(version: string, answers: Answers): Connection {
  return {
    stream: new PassThrough(),
    query({ sql }: { sql: string }, told: (error: Error | null, rows?: Row[]) => void) {
      if (sql.includes('VERSION()')) return told(null, [{ version }]);
      const [, view = ''] = /information_schema\.(\w+)/.exec(sql) ?? [];
      const rows = answers[view];
      if (!rows) return told(Object.assign(new Error(view), { errno: 1109 }));
      return told(null, rows);
    },
  } as unknown as Connection;
}

const column = (name: string, position: number, more: Row): Row => ({
  ...{ TABLE_NAME: 'posts', COLUMN_NAME: name, ORDINAL_POSITION: position, COLUMN_DEFAULT: null },
  ...{ IS_NULLABLE: 'NO', CHARACTER_SET_NAME: null, COLLATION_NAME: null, EXTRA: '', COLUMN_COMMENT: '' },
  ...more,
});
const key = (more: Row = {}): Row => ({
  ...{ TABLE_NAME: 'posts', INDEX_NAME: 'PRIMARY', COLUMN_NAME: 'id', SEQ_IN_INDEX: 1, NON_UNIQUE: 0 },
  ...{ SUB_PART: null, COLLATION: 'A', INDEX_TYPE: 'BTREE', ...more },
});
const table = (collation: string, more: Row = {}): Row => ({
  ...{ TABLE_NAME: 'posts', TABLE_TYPE: 'BASE TABLE', ENGINE: 'InnoDB', TABLE_COLLATION: collation },
  ...{ TABLE_COMMENT: '記事', CREATE_OPTIONS: '', ...more },
});
const text = (charset: string, collation: string): Row => ({
  ...{
    COLUMN_TYPE: 'varchar(20)',
    DATA_TYPE: 'varchar',
    CHARACTER_SET_NAME: charset,
    COLLATION_NAME: collation,
  },
});
const int = (type: string, more: Row = {}): Row => ({ COLUMN_TYPE: type, DATA_TYPE: 'int', ...more });
const moment = { COLUMN_TYPE: 'timestamp', DATA_TYPE: 'timestamp' };
const routine = (more: Row): Row => ({
  ...{
    ROUTINE_NAME: 'loud',
    ROUTINE_TYPE: 'FUNCTION',
    ROUTINE_DEFINITION: 'RETURN t',
    IS_DETERMINISTIC: 'NO',
  },
  ...{
    SQL_DATA_ACCESS: 'NO SQL',
    SECURITY_TYPE: 'DEFINER',
    ROUTINE_COMMENT: '',
    DEFINER: 'a@b',
    SQL_MODE: '',
    ...more,
  },
});
const trigger = (more: Row): Row => ({
  ...{
    TRIGGER_NAME: 'see',
    EVENT_OBJECT_TABLE: 'posts',
    ACTION_TIMING: 'BEFORE',
    EVENT_MANIPULATION: 'INSERT',
  },
  ...{ ACTION_STATEMENT: 'SET @a = 1', DEFINER: 'a@b', SQL_MODE: '', ...more },
});
const made = (collation: string): Row => ({
  ...{ CHARACTER_SET_CLIENT: 'utf8mb4', COLLATION_CONNECTION: collation, DATABASE_COLLATION: collation },
});
const generated = { ...int('int(11)', { IS_NULLABLE: 'YES' }), GENERATION_EXPRESSION: '(`n` * 2)' };

/** One database in the words of each version; with generated columns where there were some. */
const sources: [string, Answers][] = [
  [
    '5.0.96-log',
    {
      TABLES: [table('utf8_general_ci', { TABLE_COMMENT: '記事; InnoDB free: 4096 kB' })],
      COLUMNS: [
        column('id', 1, int('int(11)', { EXTRA: 'auto_increment' })),
        column('title', 2, { ...text('utf8', 'utf8_general_ci'), COLUMN_DEFAULT: "a'b\\c" }),
        column('n', 3, int('int(11)', { COLUMN_DEFAULT: '5', IS_NULLABLE: 'YES' })),
        column('at', 4, { ...moment, COLUMN_DEFAULT: 'CURRENT_TIMESTAMP' }),
      ],
      STATISTICS: [key()],
      VIEWS: [],
      ROUTINES: [routine({ DTD_IDENTIFIER: 'varchar(20) CHARSET utf8' })],
      TRIGGERS: [trigger({ ACTION_ORDER: 0 })],
    },
  ],
  [
    '5.7.44',
    {
      TABLES: [table('utf8_general_ci')],
      COLUMNS: [
        column('id', 1, int('int(11)', { EXTRA: 'auto_increment', GENERATION_EXPRESSION: '' })),
        column('title', 2, { ...text('utf8', 'utf8_general_ci'), COLUMN_DEFAULT: "a'b\\c" }),
        column('n', 3, int('int(11)', { COLUMN_DEFAULT: '5', IS_NULLABLE: 'YES' })),
        column('at', 4, {
          ...moment,
          COLUMN_DEFAULT: 'CURRENT_TIMESTAMP',
          EXTRA: 'on update CURRENT_TIMESTAMP',
        }),
        column('twice', 5, { ...generated, EXTRA: 'STORED GENERATED' }),
      ],
      STATISTICS: [key({ INDEX_COMMENT: '' })],
      PARTITIONS: [],
      VIEWS: [],
      ROUTINES: [
        routine({
          DTD_IDENTIFIER: 'varchar(20)',
          COLLATION_NAME: 'utf8_general_ci',
          ...made('utf8_general_ci'),
        }),
      ],
      PARAMETERS: [],
      TRIGGERS: [trigger({ ACTION_ORDER: 1, ...made('utf8_general_ci') })],
      EVENTS: [],
    },
  ],
  [
    '8.0.36',
    {
      TABLES: [table('utf8mb3_general_ci')],
      COLUMNS: [
        column('id', 1, int('int', { EXTRA: 'auto_increment', GENERATION_EXPRESSION: '', SRS_ID: null })),
        column('title', 2, { ...text('utf8mb3', 'utf8mb3_general_ci'), COLUMN_DEFAULT: "a'b\\c" }),
        column('n', 3, int('int', { COLUMN_DEFAULT: '5', IS_NULLABLE: 'YES' })),
        column('at', 4, {
          ...moment,
          COLUMN_DEFAULT: 'CURRENT_TIMESTAMP',
          EXTRA: 'DEFAULT_GENERATED on update CURRENT_TIMESTAMP',
        }),
        column('twice', 5, { ...generated, COLUMN_TYPE: 'int', EXTRA: 'STORED GENERATED' }),
      ],
      STATISTICS: [key({ INDEX_COMMENT: '', IS_VISIBLE: 'YES', EXPRESSION: null })],
      PARTITIONS: [],
      VIEWS: [],
      ROUTINES: [
        routine({
          DTD_IDENTIFIER: 'varchar(20)',
          COLLATION_NAME: 'utf8mb3_general_ci',
          ...made('utf8mb3_general_ci'),
        }),
      ],
      PARAMETERS: [],
      TRIGGERS: [trigger({ ACTION_ORDER: 1, ...made('utf8mb3_general_ci') })],
      EVENTS: [],
    },
  ],
  [
    '5.5.5-10.1.48-MariaDB',
    {
      TABLES: [table('utf8_general_ci')],
      COLUMNS: [
        column('id', 1, int('int(11)', { EXTRA: 'auto_increment' })),
        column('title', 2, { ...text('utf8', 'utf8_general_ci'), COLUMN_DEFAULT: "a'b\\c" }),
        column('n', 3, int('int(11)', { COLUMN_DEFAULT: '5', IS_NULLABLE: 'YES' })),
        column('at', 4, {
          ...moment,
          COLUMN_DEFAULT: 'CURRENT_TIMESTAMP',
          EXTRA: 'on update CURRENT_TIMESTAMP',
        }),
        column('twice', 5, { ...int('int(11)', { IS_NULLABLE: 'YES' }), EXTRA: 'PERSISTENT' }),
      ],
      STATISTICS: [key({ INDEX_COMMENT: '' })],
      PARTITIONS: [],
      VIEWS: [],
      ROUTINES: [
        routine({
          DTD_IDENTIFIER: 'varchar(20)',
          COLLATION_NAME: 'utf8_general_ci',
          ...made('utf8_general_ci'),
        }),
      ],
      PARAMETERS: [],
      TRIGGERS: [trigger({ ACTION_ORDER: 0, ...made('utf8_general_ci') })],
      EVENTS: [],
    },
  ],
];

/** What MariaDB 10.11 makes of it, in its own words. `twice`: with the generated column. */
const target = (version: string, changed: Row = {}): Answers => ({
  TABLES: [table('utf8mb3_general_ci')],
  COLUMNS: [
    column('id', 1, int('int(11)', { EXTRA: 'auto_increment', GENERATION_EXPRESSION: null })),
    column('title', 2, {
      ...text('utf8mb3', 'utf8mb3_general_ci'),
      ...{ COLUMN_DEFAULT: "'a''b\\\\c'", GENERATION_EXPRESSION: null, ...changed },
    }),
    column('n', 3, int('int(11)', { COLUMN_DEFAULT: '5', IS_NULLABLE: 'YES', GENERATION_EXPRESSION: null })),
    column('at', 4, {
      ...moment,
      ...{ COLUMN_DEFAULT: 'current_timestamp()', GENERATION_EXPRESSION: null },
      EXTRA: version.startsWith('5.0') ? '' : 'on update current_timestamp()',
    }),
    ...(version.startsWith('5.0')
      ? []
      : [
          column('twice', 5, {
            ...int('int(11)', { IS_NULLABLE: 'YES', COLUMN_DEFAULT: 'NULL' }),
            ...{ GENERATION_EXPRESSION: '`n` * 2', EXTRA: 'STORED GENERATED' },
          }),
        ]),
  ],
  STATISTICS: [key({ INDEX_COMMENT: '', IGNORED: 'NO' })],
  PARTITIONS: [],
  VIEWS: [],
  ROUTINES: [
    routine({
      ...{ DTD_IDENTIFIER: 'varchar(20)', COLLATION_NAME: 'utf8mb3_general_ci', DEFINER: 'site@%' },
      ...made('utf8mb3_general_ci'),
    }),
  ],
  PARAMETERS: [],
  TRIGGERS: [trigger({ ACTION_ORDER: 1, DEFINER: 'site@%', ...made('utf8mb3_general_ci') })],
  EVENTS: [],
});

const collations = {
  known: new Map([['utf8mb3_general_ci', 'utf8mb3']]),
  defaults: new Map([['utf8mb3', 'utf8mb3_general_ci']]),
};
const context = {
  ...{ source: collations, target: collations, engines: new Set(['innodb']) },
  parsers: new Set<string>(),
  ...{ sourceDatabase: 'shop', targetDatabase: 'moved' },
};

async function differences(version: string, answers: Answers, there: Answers) {
  const facts = { account: 'site@%', folds: false };
  const source = await readDefinitions(
    server(version, answers),
    [],
    asMoved(context, facts, new Set()),
    facts,
  );
  const standing = await readDefinitions(server('10.11.19-MariaDB', there), [], asTheyStand(facts), facts);
  const judging = {
    ...{ otherVersion: true, skeleton },
    isTold: (what: string) =>
      [...source.lacking, ...standing.lacking].some((label) => what.startsWith(label)),
  };
  return ['table posts', 'function loud', 'trigger see'].map((owner) => {
    const [kind = '', name = ''] = owner.split(' ');
    return differenceOf(source.of(kind, name)!, standing.of(kind, name)!, judging);
  });
}

test.each(sources)(
  'what %s says of a database is what MariaDB 10.11 says of the same',
  async (version, answers) => {
    const [posts, ...others] = await differences(version, answers, target(version));
    // Brackets and the case of words.
    expect(posts).toEqual({ spelling: expect.stringContaining('書き方だけ') });
    expect(others).toEqual([undefined, undefined]);
  },
);

test.each(sources)('a default of %s that is another one at the target is seen', async (version, answers) => {
  const [posts] = await differences(version, answers, target(version, { COLUMN_DEFAULT: "'A''b\\\\c'" }));
  expect(posts).toEqual({ spelling: expect.stringContaining('列 title の既定値') });
  const [typed] = await differences(version, answers, target(version, { COLUMN_TYPE: 'varchar(19)' }));
  expect(typed).toEqual({ what: '列 title の型' });
});

test('checks are told alike by MySQL 8.0.16, where they may be idle, and by MariaDB; a column’s own has a name in one alone', () => {
  const mysql = `CREATE TABLE \`t\` (
  \`n\` int DEFAULT NULL,
  CONSTRAINT \`positive\` CHECK ((\`n\` > 0)),
  CONSTRAINT \`idle\` CHECK ((\`n\` < 9)) /*!80016 NOT ENFORCED */,
  CONSTRAINT \`t_chk_1\` CHECK ((\`n\` <> 5))
) ENGINE=InnoDB`;
  const mariadb = `CREATE TABLE \`t\` (
  \`n\` int(11) DEFAULT NULL CHECK (\`n\` <> 5),
  CONSTRAINT \`positive\` CHECK (\`n\` > 0),
  CONSTRAINT \`idle\` CHECK (\`n\` < 9)
) ENGINE=InnoDB`;
  const named = { '検査制約 positive': 'ENFORCED', '検査制約 idle': 'ENFORCED' };
  expect(checksOf(mariadb)).toEqual(named);
  expect(checksOf(mysql)).toEqual({
    ...named,
    '検査制約 idle': 'NOT ENFORCED',
    '検査制約 t_chk_1': 'ENFORCED',
  });
  expect(Object.keys(checksOf(mysql)).filter((name) => unnamedCheck.test(name))).toEqual([
    '検査制約 t_chk_1',
  ]);
});
