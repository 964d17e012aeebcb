import { RetryAfterError, TerminalError, TransientError } from '../../../case/errors.ts';

interface ServerError {
  errno?: number;
  code?: string;
  /** Which connection it came from, where that is known. */
  end?: End;
}

/** Which end: staff ask a different person about each. */
export type End = '移行元' | '移行先';

/** MySQL's and MariaDB's numbers (MySQL error reference) that mean: the same again will do. */
const passing = new Set([1053, 1158, 1159, 1160, 1161, 1205, 1213, 1317, 1927, 2006, 2013, 3024, 1969, 4031]);
const busy = new Set([1040, 1203, 1226]);
const networkCodes =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|PROTOCOL_CONNECTION_LOST|PROTOCOL_PACKETS_OUT_OF_ORDER)/;

const refusals: Record<number, string> = {
  1044: 'このデータベースを使う権限がありません',
  1045: 'ログインできません。ユーザー名とパスワードをご確認ください',
  1049: 'その名前のデータベースがありません',
  1142: '必要な権限がありません',
  1143: '列を読む権限がありません',
  1227: '必要な権限がありません',
  1370: '必要な権限がありません',
  1698: 'ログインできません。ユーザー名とパスワードをご確認ください',
  1021: 'ディスクの空きがありません。空き容量を確保してから再開してください',
  1114: 'テーブルの容量の上限に達しました。空き容量を確保してから再開してください',
  1153: 'サーバーの max_allowed_packet が小さすぎます。大きくしてから再開してください',
  3948: 'サーバーが LOAD DATA LOCAL を許可していません(local_infile を有効にしてください)',
  1148: 'サーバーが LOAD DATA LOCAL を許可していません(local_infile を有効にしてください)',
  4166: 'サーバーが LOAD DATA LOCAL を許可していません(local_infile を有効にしてください)',
};

/** Which connection an error came from, where that is known. */
export const endOf = (error: unknown) => (error as ServerError).end;

/** The server refuses this one thing, and will again: not a rival, not a lost session, not a full disk. */
export function isRefusal(error: unknown): boolean {
  const { errno = 0 } = error as ServerError;
  return errno >= 1000 && !passing.has(errno) && !busy.has(errno) && errno !== 1021 && errno !== 1114;
}

/**
 * A driver's error as one of case/errors.ts. The server's own words may hold rows or names of users: they stay out, its
 * number goes in.
 */
export function explain(error: unknown, otherwise: End, doing: string): Error {
  if (error instanceof TransientError || error instanceof TerminalError || error instanceof RetryAfterError) {
    return error;
  }
  const { errno, code = '', end = otherwise } = error as ServerError;
  if (errno !== undefined && busy.has(errno)) {
    return new RetryAfterError(
      `${end}の接続数が上限です(${errno})。数分後に続きから再開します。`,
      new Date(Date.now() + 120_000),
    );
  }
  if ((errno !== undefined && passing.has(errno)) || networkCodes.test(code)) {
    return new TransientError(
      `${end}との接続が切れたか、待たされました(${errno ?? code})。続きから再開します。`,
    );
  }
  if (errno !== undefined && errno >= 1000) {
    const why = refusals[errno] ?? 'サーバーがエラーを返しました';
    return new TerminalError(
      `${end}: ${doing}で止まりました。${why}(エラー${errno})。移行済みの分は保持しています。`,
    );
  }
  return new TransientError(`${end}: ${doing}の途中で接続に問題が起きました。続きから再開します。`);
}
