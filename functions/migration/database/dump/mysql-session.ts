import type { Connection } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
import type { Collations } from '../mysql/collations.ts';
import { executeBytes } from '../mysql/execute-bytes.ts';
import { unknownModes } from '../mysql/make-objects.ts';
import { execute, refusalOf, rowOf, rowsOf } from '../mysql/query.ts';
import { rewriteSetting } from '../mysql/rewrite.ts';
import { grantBeyond } from '../mysql/rights.ts';
import { shapeOf } from './dump-text.ts';
import type { DumpStatement, MysqlSplitter } from './mysql-splitter.ts';

/** Under these a quote or a backslash means something else than the splitter takes it for. */
const otherQuotes = /ANSI_QUOTES|NO_BACKSLASH_ESCAPES/;
const otherBytes = /^(gbk|big5|gb18030|gb2312|euckr|ucs2|utf16|utf16le|utf32)$/;

/**
 * The one account that a dump's statements run under: whatever they try, it reaches this database only. Throws
 * TerminalError when the account can do more.
 */
export async function checkAccount(target: Connection, database: string): Promise<void> {
  const grants = (await rowsOf(target, 'SHOW GRANTS FOR CURRENT_USER()')).map((row) =>
    String(Object.values(row)[0]),
  );
  if (grantBeyond(grants, database) === undefined) return;
  throw new TerminalError(
    'ダンプの取り込みに使う移行先のユーザーの権限が広すぎます(このデータベース以外の権限があります)。何も実行していません。' +
      'このデータベースだけの権限を持つユーザーを用意してください。',
  );
}

/**
 * Runs a SET of the dump, and sees to it that the text that follows still means what it seems to mean. Returns what of it
 * is another one here, in words for the objects that are made under it; undefined where it sets nothing of that kind.
 */
export async function changeSession(
  target: Connection,
  statement: DumpStatement,
  splitter: MysqlSplitter,
  collations: Collations,
): Promise<string[] | undefined> {
  const how = await setAsKnown(target, statement, collations);
  const state = await rowOf(target, 'SELECT @@sql_mode AS mode, @@character_set_client AS client');
  const [mode, client] = [String(state.mode), String(state.client)];
  if (otherQuotes.test(mode) || otherBytes.test(client)) {
    throw new TerminalError(
      `ダンプの書き方(${otherQuotes.exec(mode)?.[0] ?? client})に対応していません。取り込みを止めました。utf8mb4 で書き出し直してください。`,
    );
  }
  splitter.client = client;
  // What a dump sets to its own liking would let keys be checked, or numbers given, while rows arrive.
  await execute(target, 'SET SESSION foreign_key_checks = 0');
  if (!mode.includes('NO_AUTO_VALUE_ON_ZERO') && mode === '') {
    await execute(target, "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
  }
  return how;
}

const wrongValue = 1231;

/** With the collations and modes that this server has. Throws TerminalError for what it does not take. */
async function setAsKnown(
  target: Connection,
  { bytes, client, words }: DumpStatement,
  collations: Collations,
): Promise<string[] | undefined> {
  const setsMode = words.has('SQL_MODE');
  const { sql, how } = rewriteSetting(bytes.toString('latin1'), collations, shapeOf(bytes, client));
  try {
    try {
      await executeBytes(target, Buffer.from(sql, 'latin1'));
    } catch (error) {
      if (!setsMode || refusalOf(error) !== wrongValue) throw error;
      const [literal = '', modes = ''] = /'([\w,]*)'/.exec(sql) ?? [];
      const unknown = await unknownModes(target, [{ sqlMode: modes }]);
      const known = modes.split(',').filter((mode) => !unknown.has(mode));
      await executeBytes(target, Buffer.from(sql.replace(literal, `'${known.join(',')}'`), 'latin1'));
      for (const mode of unknown) how.push(`sql_mode ${mode} を除去`);
    }
  } catch (error) {
    const errno = refusalOf(error);
    if (errno === undefined) throw error;
    throw new TerminalError(
      `ダンプの設定(SET)を移行先が受け付けません(エラー${errno})。取り込みを止めました。設定を除いて書き出し直してください。`,
    );
  }
  return setsMode || words.has('COLLATION_CONNECTION') || words.has('NAMES') ? how : undefined;
}
