import type { Connection } from 'mysql2';
import { TerminalError } from '../../../case/errors.ts';
import { quotePlain } from '../mysql/identifiers.ts';
import { rowsOf } from '../mysql/query.ts';

/**
 * Deprecated words; bytes of a BLOB that are no text of the session's; what a generated column was given beside its own
 * value (MariaDB). The values are what they were.
 */
export const harmless = new Set([1287, 1300, 1681, 1906, 3719, 3778]);
const truncated = 1265;

/**
 * A server that does not take a value as it is puts `?`, 0 or a part of it in its place, and only warns. Throws
 * TerminalError for that; the empty word that an ENUM holds after an error is no loss.
 */
export async function refuseLosses(target: Connection, table: string): Promise<void> {
  const warnings = await rowsOf(target, 'SHOW WARNINGS');
  for (const { Level, Code, Message } of warnings) {
    if (Level === 'Note' || harmless.has(Number(Code))) continue;
    const [, column = ''] = /column '?(?:[^']*\.)?`?([^'`]*)`?'? at row/i.exec(String(Message)) ?? [];
    if (Number(Code) === truncated && (await isEnum(target, table, column))) continue;
    throw new TerminalError(
      `テーブル ${table} の列 ${column || '(不明)'} の値を移行先がそのまま受け付けません(警告${Code})。取り込みを止めました。` +
        '文字コードと型をご確認のうえ、utf8mb4 で書き出し直してください。',
    );
  }
}

async function isEnum(target: Connection, table: string, column: string): Promise<boolean> {
  const rows = await rowsOf(
    target,
    `SELECT DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${quotePlain(table)} AND COLUMN_NAME = ${quotePlain(column)}`,
  );
  return String(rows[0]?.type).toLowerCase() === 'enum';
}
