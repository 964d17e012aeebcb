import { csvLine } from '../../case/csv.ts';
import { InvalidInputError } from '../../case/errors.ts';
import type { MailAccount, MailSetting } from '../../case/mail-access.ts';

/** Accounts that are named. */
const mostRisky = 50;

const words = { alias: '別名', forward: '転送', list: 'メーリングリスト' };

/**
 * The accounts for the target's control panel, where there is no other way to create them: UTF-8 with a byte order mark,
 * one account a line. It holds passwords: for the vault and the engineer's screen only. A password that a spreadsheet would
 * take for a formula is refused, because making it harmless would change it.
 */
export function panelCsv(accounts: readonly MailAccount[], settings: readonly MailSetting[] = []): string {
  const risky = accounts.flatMap(({ targetUser, password = '', targetPassword = password }) =>
    /^\s*[=+\-@＝＋－＠]/.test(targetPassword)
      ? [[targetUser, `${targetUser} のパスワードの先頭の文字を、= + - @ 以外にしてください。`] as const]
      : [],
  );
  if (risky.length > 0) {
    const left = risky.length - mostRisky;
    throw new InvalidInputError('パスワードをご確認ください。ファイルは作成していません。', {
      ...Object.fromEntries(risky.slice(0, mostRisky)),
      ...(left > 0 && { '': `ほかに${left}アカウントのパスワードも同じです。` }),
    });
  }
  return [
    `\ufeff${csvLine(['種別', 'メールアドレス', 'パスワード', '転送先'])}`,
    ...accounts.map(({ targetUser, password = '', targetPassword = password }) =>
      csvLine(['メールボックス', targetUser, targetPassword, '']),
    ),
    ...settings.map(({ kind, address, to }) => csvLine([words[kind], address, '', to.join(',')])),
  ].join('');
}
