import { TerminalError } from '../case/errors.ts';

/**
 * The server shows another host key or certificate than was pinned (a fingerprint, or `verified`); `reason`: why a certificate
 * cannot be verified any more. No password was sent.
 */
export class HostKeyChangedError extends TerminalError {
  readonly pinned: string;
  readonly shown: string;

  constructor(what: 'ホスト鍵' | '証明書', pinned: string, shown: string, reason?: string) {
    const before = pinned === 'verified' ? '認証局の証明書として検証済み' : pinned;
    super(
      `サーバーの${what}が登録と異なります（登録 ${before}、提示 ${shown}${reason ? `、理由 ${reason}` : ''}）。パスワードは送信していません。` +
        `入れ替えや更新の有無をサーバーの運用者に確認し、正しければ案件の画面の「接続の確認」で新しい${what}を承認してください。`,
    );
    this.pinned = pinned;
    this.shown = shown;
  }
}
