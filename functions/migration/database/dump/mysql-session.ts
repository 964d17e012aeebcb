import type { Connection } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
import { executeBytes } from '../mysql/execute-bytes.ts';
import { execute, rowOf, rowsOf } from '../mysql/query.ts';
import { grantBeyond } from '../mysql/rights.ts';
import type { MysqlSplitter } from './mysql-splitter.ts';

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

/** Runs a SET of the dump, and sees to it that the text that follows still means what it seems to mean. */
export async function changeSession(
  target: Connection,
  statement: Buffer,
  splitter: MysqlSplitter,
): Promise<void> {
  await executeBytes(target, statement);
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
}
