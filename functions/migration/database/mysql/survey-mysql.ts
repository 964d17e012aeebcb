import type { Connection } from 'mysql2';
import type { SurveyWriter } from '../survey-writer.ts';
import { certificateOf } from './connect.ts';
import { findDoubleEncoding } from './double-encoding.ts';
import { attempt, refusalOf, rowOf } from './query.ts';
import { readSchema } from './read-schema.ts';
import { type Rights, readRights } from './rights.ts';
import { isTransactional, type Schema } from './schema.ts';
import { serverKind } from './server-kind.ts';

/** Reading a larger table only to look at its characters is too much for an old server. */
const largestScan = 2 * 1024 ** 3;

/** Bytes in a millisecond, of a slow server: a table for which the time would not do is not begun. */
const scanned = 20_000;

/** What servers say of a statement that took longer than it may (MySQL 5.7, MariaDB 10.1). */
const tooLate = new Set([1028, 1317, 1969, 3024]);

/** What is found in the survey is not found in the night of the move. Reads; takes no lock. */
export async function surveyMysql(
  source: Connection,
  database: string,
  survey: SurveyWriter,
  until: number,
): Promise<void> {
  const kind = await serverKind(source);
  survey.fact('データベースの種類', kind.name, 'SELECT VERSION()');
  survey.fact('通信の暗号化', certificateOf(source) ?? 'なし', 'TLSの証明書(SHA-256)');
  const { folding } = await rowOf(source, 'SELECT @@lower_case_table_names AS folding');
  survey.fact(
    'テーブル名の大文字小文字',
    Number(folding) === 0 ? '区別する' : '区別しない',
    '@@lower_case_table_names',
  );
  const rights = await readRights(source, database);
  // Who the account is stays in the vault.
  const grants = rights.grants.map((grant) => grant.replace(/ TO .*$/s, ''));
  survey.fact('権限', grants.join(' / ').slice(0, 1000), 'SHOW GRANTS');
  const schema = await readSchema(source, database);
  describeSchema(schema, survey);
  describeRights(rights, schema, survey);
  await describeCharacters(source, schema, survey, until);
}

function describeSchema(schema: Schema, survey: SurveyWriter): void {
  const bytes = schema.tables.reduce((sum, table) => sum + table.bytes, 0);
  survey.bytes = bytes;
  survey.fact('テーブル数', String(schema.tables.length), 'information_schema.TABLES');
  survey.fact('データ量の見積り(バイト)', String(bytes), 'information_schema.TABLES');
  survey.fact(
    '既定の文字セットと照合順序',
    `${schema.charset} / ${schema.collation}`,
    'information_schema.SCHEMATA',
  );
  for (const kind of ['view', 'trigger', 'function', 'procedure', 'event'] as const) {
    const count = schema.objects.filter((object) => object.kind === kind).length;
    if (count > 0) survey.fact(`${kind} の数`, String(count), 'information_schema');
  }
  const plain = schema.tables.filter((table) => !isTransactional(table));
  if (plain.length > 0) {
    const remedy = '移行の間は書き込みを止めてください(同一時点の読み取りができないエンジンです)';
    survey.finding(
      `${plain[0]!.engine} などのテーブルが${plain.length}個`,
      plain[0]!.name,
      'warning',
      remedy,
      0,
    );
  }
  const keyless = schema.tables.filter(({ key }) => !key);
  if (keyless.length > 0) {
    const remedy = '主キーがないため、変更があれば差分移行でも全行を移し直します';
    survey.finding(`主キーのないテーブルが${keyless.length}個`, keyless[0]!.name, 'info', remedy, 0);
  }
  for (const { kind, name, why } of schema.unreadable) {
    survey.finding(
      `${kind} ${name}: ${why}`,
      name,
      'warning',
      '権限を追加するか、定義を別途ご提供ください',
      0,
    );
  }
}

function describeRights(rights: Rights, schema: Schema, survey: SurveyWriter): void {
  const moment = rights.reload
    ? 'FLUSH TABLES WITH READ LOCK により全接続を同一時点にできます'
    : rights.lockTables
      ? 'LOCK TABLES により全接続を同一時点にできます'
      : '同一時点にそろえる権限がありません';
  survey.fact('読み取りの一貫性', moment, 'SHOW GRANTS');
  const need = (
    present: boolean,
    item: string,
    remedy: string,
    severity: 'warning' | 'blocker' = 'warning',
  ) => {
    // Granted by whoever runs the server: no work of ours that a quote could have a price for.
    if (!present) survey.finding(item, '', severity, remedy, 0);
  };
  need(rights.select, 'SELECT 権限が確認できません', 'SELECT 権限を付与してください', 'blocker');
  need(
    rights.reload || rights.lockTables,
    'LOCK TABLES 権限がありません',
    '権限を付与するか、移行の間は書き込みを止めてください',
  );
  const has = (kind: string) => schema.objects.some((object) => object.kind === kind);
  need(rights.showView || !has('view'), 'SHOW VIEW 権限がありません', 'SHOW VIEW 権限を付与してください');
  // Without the right the list itself is empty: that nothing was seen proves nothing.
  need(
    rights.trigger,
    'TRIGGER 権限がなく、トリガーの有無を確認できません',
    'TRIGGER 権限を付与してください',
  );
  need(rights.event, 'EVENT 権限がなく、イベントの有無を確認できません', 'EVENT 権限を付与してください');
  need(
    rights.routines,
    '他のユーザーが作成したルーチンの有無を確認できません',
    'mysql.proc の SELECT 権限または SHOW_ROUTINE 権限を付与してください',
  );
}

async function describeCharacters(
  source: Connection,
  schema: Schema,
  survey: SurveyWriter,
  until: number,
): Promise<void> {
  const late = (name: string) =>
    survey.notSurveyed(`${name} の文字の検査`, '時間内に終わらないため読み取っていません');
  // The small ones first: as many as there is time for.
  for (const table of schema.tables.toSorted((a, b) => a.bytes - b.bytes)) {
    const left = until - Date.now();
    if (left <= 0 || table.bytes / scanned > left) {
      late(table.name);
      continue;
    }
    if (table.bytes > largestScan) {
      survey.notSurveyed(`${table.name} の文字の検査`, 'テーブルが大きいため読み取っていません');
      continue;
    }
    await limitTo(source, left);
    const doubled = await findDoubleEncoding(source, table).catch((error) => {
      if (!tooLate.has(refusalOf(error) ?? 0)) throw error;
    });
    if (!doubled) late(table.name);
    for (const found of doubled ?? []) {
      survey.finding(
        `二重エンコードの疑い: ${found.doubled}件(非ASCII ${found.beyondAscii}件中) 現在「${found.before}」→ 修復後「${found.after}」`,
        `${found.table}.${found.column}`,
        'warning',
        'お客さまの承認を得て、移行時の修復の対象に加えてください',
        1,
      );
    }
  }
}

/** Milliseconds for each statement from here on, where the server knows such a limit. */
async function limitTo(source: Connection, left: number): Promise<void> {
  if (!Number.isFinite(left)) return;
  const limits = [
    `max_statement_time = ${Math.ceil(left / 1000)}`,
    `max_execution_time = ${Math.ceil(left)}`,
  ];
  for (const limit of limits) await attempt(source, `SET SESSION ${limit}`);
}
