import type { SurveyWriter } from '../survey-writer.ts';
import type { Session } from './ends.ts';
import { readTables } from './read-tables.ts';

/** What is found in the survey is not found in the night of the move. Reads catalogues; takes no lock. */
export async function surveyPostgresql(source: Session, survey: SurveyWriter): Promise<void> {
  const ask = async (sql: string) => (await source.query(sql)).rows[0] as Record<string, string>;
  const { version, encoding, locale } = await ask(
    `SELECT current_setting('server_version') AS version, pg_catalog.pg_encoding_to_char(encoding) AS encoding, datcollate AS locale
     FROM pg_catalog.pg_database WHERE datname = current_database()`,
  );
  survey.fact('データベースの種類', `PostgreSQL ${version}`, 'server_version');
  survey.fact('文字コードと照合順序', `${encoding} / ${locale}`, 'pg_database');
  if (encoding === 'SQL_ASCII') {
    const remedy =
      '文字コードの宣言がないため、UTF-8として読めない行があるテーブルは移行できません。実際の文字コードをご確認ください';
    survey.finding('データベースの文字コードが SQL_ASCII', '', 'warning', remedy, 2);
  }
  const tables = await readTables(source);
  survey.fact('テーブル数', String(tables.length), 'pg_class');
  survey.bytes = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  survey.fact('データ量(バイト)', String(survey.bytes), 'pg_table_size');
  for (const { schema, name } of tables) {
    const readable = await source.query("SELECT pg_catalog.has_table_privilege($1, 'SELECT') AS yes", [
      `"${schema.replaceAll('"', '""')}"."${name.replaceAll('"', '""')}"`,
    ]);
    if (!readable.rows[0].yes) {
      survey.finding(
        'テーブルを読む権限がありません',
        `${schema}.${name}`,
        'blocker',
        'SELECT 権限を付与してください',
        0,
      );
    }
  }
  for (const { schema, name } of tables.filter(({ rowSecurity }) => rowSecurity)) {
    const remedy = '行セキュリティがあるため、所有者またはBYPASSRLS権限のあるユーザーで読み取ってください';
    survey.finding('行セキュリティのあるテーブル', `${schema}.${name}`, 'info', remedy, 0);
  }
  const keyless = tables.filter(({ key }) => key === undefined);
  if (keyless.length > 0) {
    const remedy = '整数の主キーがないため、変更があれば差分移行でも全行を移し直します';
    survey.finding(`整数の主キーのないテーブルが${keyless.length}個`, keyless[0]!.name, 'info', remedy, 0);
  }
  await describePrivileges(source, survey);
  const { rows } = await source.query('SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY 1');
  survey.fact(
    '拡張',
    rows.map(({ extname, extversion }) => `${extname} ${extversion}`).join('、'),
    'pg_extension',
  );
  const { n } = await ask('SELECT COUNT(*)::text AS n FROM pg_catalog.pg_largeobject_metadata');
  survey.fact('ラージオブジェクトの数', n ?? '0', 'pg_largeobject_metadata');
}

/** The target's user owns all that is moved; what other roles may do goes to roles of the same name that are related to it. */
async function describePrivileges(source: Session, survey: SurveyWriter): Promise<void> {
  const { rows } = await source.query(
    `SELECT DISTINCT n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
       pg_catalog.aclexplode(c.relacl) AS granted
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND granted.grantee <> c.relowner ORDER BY 1`,
  );
  if (rows.length === 0) return;
  const remedy =
    '移行先では移行先のユーザーがすべての所有者になります。ほかのロールへの権限は、移行先のユーザーと関係のある同じ名前のロールにだけ移り、残りは台帳に文として載ります。必要なロールを先に用意してください';
  survey.finding(
    `ほかのロールに権限を与えているものが${rows.length}個`,
    rows[0].name,
    'warning',
    remedy,
    0.5,
  );
}
