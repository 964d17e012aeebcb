import { RetryAfterError, TerminalError, TransientError } from '../../../case/errors.ts';
import { RowsRefused, TableChanged } from '../pair.ts';

export type End = '移行元' | '移行先';

const ours = [TransientError, TerminalError, RetryAfterError, RowsRefused, TableChanged];

/** Classes and codes of SQLSTATE (PostgreSQL manual, appendix A) that pass by themselves. */
const passing = /^(08...|57P0[123]|40001|40P01|55P03|57014|25P0[23]|XX000)$/;

const refusals: [RegExp, string][] = [
  [/^28/, 'ログインできません。ユーザー名とパスワードをご確認ください'],
  [/^3D000$/, 'その名前のデータベースがありません'],
  [/^42501$/, '必要な権限がありません'],
  [/^53100$/, 'ディスクの空きがありません。空き容量を確保してから再開してください'],
  [/^54/, 'サーバーの上限を超えました'],
  [/^22(021|P05)$/, '移行先の文字コードで表せない文字があります'],
];

/** SQLSTATE undefined_table. */
export const noSuchTable = '42P01';

/** The server's code of an error that it answered with; undefined when the connection is the trouble. */
export function refusalOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: string; severity?: string };
  return severity !== undefined && /^[0-9A-Z]{5}$/.test(code ?? '') ? code : undefined;
}

/**
 * The server refuses this one thing, and will again: not a rival, not a session or a server that ends, not a full disk,
 * which stop all of the work.
 */
export function isRefusal(error: unknown): boolean {
  const code = refusalOf(error);
  return code !== undefined && !passing.test(code) && !/^(53|57|58)/.test(code);
}

/** As one of case/errors.ts. The server's own words may hold rows: they stay out, its code goes in. */
export function explain(error: unknown, end: End, doing: string): Error {
  if (ours.some((one) => error instanceof one)) return error as Error;
  const code = refusalOf(error);
  if (code === '53300') {
    return new RetryAfterError(
      `${end}の接続数が上限です。数分後に続きから再開します。`,
      new Date(Date.now() + 120_000),
    );
  }
  if (code === undefined || passing.test(code)) {
    return new TransientError(`${end}: ${doing}の途中で接続が切れたか、待たされました。続きから再開します。`);
  }
  const why = refusals.find(([pattern]) => pattern.test(code))?.[1] ?? 'サーバーがエラーを返しました';
  return new TerminalError(
    `${end}: ${doing}で止まりました。${why}(エラー${code})。移行済みの分は保持しています。`,
  );
}
