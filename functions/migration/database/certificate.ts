import type { DatabaseServer } from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';

/** Another certificate than the one that was pinned stops the work. Throws TerminalError. */
export function checkCertificate({ certificate, tls }: DatabaseServer, seen: string | undefined): void {
  if (certificate === undefined || tls === 'none' || seen === certificate) return;
  throw new TerminalError(
    'データベースサーバーの証明書が登録と異なります。何も読み書きしていません。サーバーの入れ替えの有無をお客さまに確認し、' +
      '正しければ登録し直してください。',
  );
}
