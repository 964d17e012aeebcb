import { TerminalError } from '../../case/errors.ts';
import { isAccountCommand } from '../../case/forms/mail-rules.ts';
import type { MailAccount } from '../../case/mail-access.ts';

/** Runs a command on the target's server, e.g. over SSH, and gives it `input` on its standard input. */
export interface CommandRunner {
  run(command: string, input: string): Promise<{ code: number; output: string }>;
}

export interface CreatedAccount {
  targetUser: string;
  outcome: 'created' | 'refused';
  /** What the command printed, without the password. */
  why?: string;
}

/**
 * Creates the accounts at the target with the engineer's command, in which `{account}`, `{name}` and `{domain}` stand for
 * the account and its two parts. Each is quoted for the shell; the password is never in the command, where every user of
 * that server could read it, but on its standard input. Goes on after a refusal.
 */
export async function createAccounts(
  runner: CommandRunner,
  template: string,
  accounts: readonly MailAccount[],
): Promise<CreatedAccount[]> {
  checkTemplate(template);
  const created: CreatedAccount[] = [];
  for (const { targetUser, password = '', targetPassword = password } of accounts) {
    const { code, output } = await runner.run(accountCommand(template, targetUser), `${targetPassword}\n`);
    const said = (targetPassword ? output.replaceAll(targetPassword, '…') : output)
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, 200);
    created.push(
      code === 0
        ? { targetUser, outcome: 'created' }
        : { targetUser, outcome: 'refused', why: said || `終了コード${code}` },
    );
  }
  return created;
}

export function accountCommand(template: string, account: string): string {
  const [name = '', domain = ''] = account.split('@');
  const values: Record<string, string> = { account, name, domain };
  return template.replace(
    /\{(account|name|domain)\}/g,
    (_, key: string) => `'${values[key]!.replaceAll("'", "'\\''")}'`,
  );
}

function checkTemplate(template: string): void {
  if (!isAccountCommand(template)) {
    throw new TerminalError(
      'アカウント作成コマンドには {account} か {name} を入れ、引用符・「\\」・{password} は使わないでください。何も作成していません。',
    );
  }
}
