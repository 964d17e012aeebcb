import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError } from '../../../functions/case/errors.ts';
import { readAccounts } from '../../../functions/case/forms/mail-accounts.ts';
import { accountParts, mailAccountPart } from '../../../functions/case/mail-access.ts';
import { accountCommand, createAccounts } from '../../../functions/migration/mail/create-accounts.ts';
import { panelCsv } from '../../../functions/migration/mail/panel-csv.ts';

const rules = { passwords: 'list' } as const;
const heading = '種別,移行元アカウント,移行元パスワード,移行先アカウント,移行先パスワード,転送先\r\n';

function fieldsOf(csv: string, given: Parameters<typeof readAccounts>[1] = rules): Record<string, string> {
  try {
    readAccounts(csv, given);
  } catch (error) {
    if (error instanceof InvalidInputError) return { ...error.fields };
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('the customer’s list of accounts', () => {
  test('mailboxes with passwords to the character, and what is no mailbox', () => {
    const csv = `\ufeff${heading}メールボックス,taro@example.jp," pa,ss""ｗ ",taro@new.jp,x1\r\n転送,info@example.jp,,,,"a@example.jp, b@example.jp"\r\nメーリングリスト,all@example.jp,,,,a@example.jp\r\n`;
    expect(readAccounts(csv, rules)).toEqual({
      accounts: [
        { user: 'taro@example.jp', password: ' pa,ss"ｗ ', targetUser: 'taro@new.jp', targetPassword: 'x1' },
      ],
      settings: [
        { kind: 'forward', address: 'info@example.jp', to: ['a@example.jp', 'b@example.jp'] },
        { kind: 'list', address: 'all@example.jp', to: ['a@example.jp'] },
      ],
    });
  });

  test('each wrong cell by row and column, without a password', () => {
    const csv = `${heading}なにか,a@example.jp,himitsu1,,himitsu2,\nメールボックス,,himitsu3,,himitsu4,\nメールボックス,b@example.jp,himitsu5,c@example.jp,,\nメールボックス,B@example.jp,himitsu6,c@example.jp,himitsu7,\n別名,d@example.jp,,,,kore\n`;
    const fields = fieldsOf(csv);
    expect(Object.keys(fields).sort()).toEqual(
      ['2.種別', '3.移行元アカウント', '5.移行元アカウント', '5.移行先アカウント', '6.転送先'].sort(),
    );
    expect(fields['5.移行元アカウント']).toContain('4行目と同じ');
    expect(JSON.stringify(fields)).not.toContain('himitsu');
  });

  test('an account that would be an option of the command that makes it', () => {
    expect(fieldsOf(`${heading}メールボックス,a@example.jp,x,-f,,\n`)).toEqual({
      '2.移行先アカウント': expect.stringContaining('「-」で始まる'),
    });
  });

  test('cells copied from a spreadsheet stand between tabs', () => {
    const text = '移行元アカウント\t移行元パスワード\r\ntaro\t"a,b\r\n\t\r\nhanako\tx\r\n';
    expect(readAccounts(text, rules).accounts).toEqual([
      { user: 'taro', targetUser: 'taro', password: '"a,b' },
      { user: 'hanako', targetUser: 'hanako', password: 'x' },
    ]);
    expect(Object.keys(fieldsOf('アカウント\tパスワード\r\ntaro\r\n'))).toEqual(['2.移行元パスワード']);
  });

  test('addresses alone need no headings, and are named by cell all the same', () => {
    expect(readAccounts('taro@example.jp, pw\n\nhanako＠example.jp,"x,y"\n', rules).accounts).toEqual([
      { user: 'taro@example.jp', targetUser: 'taro@example.jp', password: ' pw' },
      { user: 'hanako@example.jp', targetUser: 'hanako@example.jp', password: 'x,y' },
    ]);
    expect(fieldsOf('taro@example.jp,pw\nhanako@example.jp\n')).toEqual({
      '2.移行元パスワード': expect.stringMatching(/^セル B2「移行元パスワード」/),
    });
    expect(Object.keys(fieldsOf('taro@example.jp,pw,taro@new.jp\n'))).toEqual(['1.']);
  });

  test('a cell of several lines counts as one row, as in a spreadsheet', () => {
    const csv = `${heading}転送,info@example.jp,,,,"a@example.jp\nb@example.jp"\nメールボックス,,x,,,\n`;
    expect(fieldsOf(csv)).toEqual({ '3.移行元アカウント': expect.stringMatching(/^セル B3/) });
  });

  test('where others give the passwords they may be left out', () => {
    const csv = 'アカウント\ntaro\nhanako\n';
    expect(readAccounts(csv, { passwords: 'master' }).accounts).toEqual([
      { user: 'taro', targetUser: 'taro' },
      { user: 'hanako', targetUser: 'hanako' },
    ]);
    expect(Object.keys(fieldsOf(csv))).toContain('2.移行元パスワード');
  });

  test.each([
    ['an empty file', '', '1.'],
    ['no heading', 'taro,himitsu\n', '1.'],
    ['headings alone', heading, ''],
    ['an open quote', `${heading}"taro`, '2.'],
    ['too many rows', `アカウント\n${'a\n'.repeat(10_001)}`, '10002.'],
  ])('%s is refused with its line', (_, csv, key) => {
    expect(Object.keys(fieldsOf(csv, { passwords: 'master' }))).toContain(key);
  });

  test('whatever is given, it is a list or a refusal for people', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        try {
          readAccounts(heading + text, rules);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
      }),
    );
  });
});

describe('accounts at the target', () => {
  test('the panel’s file holds what was given', () => {
    const file = panelCsv(
      [{ user: 'a', targetUser: 'taro@new.jp', targetPassword: 'p"1,' }],
      [{ kind: 'alias', address: '=cmd@new.jp', to: ['taro@new.jp'] }],
    );
    expect(file.split('\r\n').slice(1, 3)).toEqual([
      '"メールボックス","taro@new.jp","p""1,",""',
      `"別名","'=cmd@new.jp","","taro@new.jp"`,
    ]);
  });

  test('a password that a spreadsheet would change is refused, not changed', () => {
    const accounts = [{ user: 'a', targetUser: 'taro@new.jp', targetPassword: '=1+1' }];
    expect(() => panelCsv(accounts)).toThrow(InvalidInputError);
  });

  test('a command never holds the password, and an account is one word of it', async () => {
    const commands: [string, string][] = [];
    const runner = {
      run: async (command: string, input: string) => {
        commands.push([command, input]);
        return commands.length === 1
          ? { code: 0, output: '' }
          : { code: 3, output: `exists\u001b[31m ${input}` };
      },
    };
    const accounts = [
      { user: 'a', targetUser: "o'brien; rm -rf /@new.jp", targetPassword: 'himitsu1' },
      { user: 'b', targetUser: 'taro@new.jp', targetPassword: 'himitsu2' },
    ];
    const created = await createAccounts(runner, 'add-mailbox --domain {domain} {name}', accounts);
    expect(commands[0]).toEqual([`add-mailbox --domain 'new.jp' 'o'\\''brien; rm -rf /'`, 'himitsu1\n']);
    expect(created.map((one) => one.outcome)).toEqual(['created', 'refused']);
    expect(JSON.stringify(created)).not.toMatch(/himitsu2|\\u001b/);
    await expect(createAccounts(runner, 'add {account} {password}', accounts)).rejects.toThrow(
      /作成コマンド/,
    );
    await expect(createAccounts(runner, `add '{account}'`, accounts)).rejects.toThrow(/作成コマンド/);
    expect(accountCommand('a {account}', 'x@y')).toBe(`a 'x@y'`);
  });
});

test('a long list is cut into secrets of at most 64 KiB', () => {
  const accounts = Array.from({ length: 700 }, (_, at) => ({
    user: `u${at}`,
    targetUser: `u${at}`,
    password: '秘'.repeat(100),
  }));
  const settings = [{ kind: 'alias' as const, address: 'a@example.jp', to: ['b@example.jp'] }];
  const parts = accountParts({ accounts, settings });
  for (const value of parts) expect(Buffer.byteLength(value)).toBeLessThanOrEqual(65_536);
  const read = parts.map((part) => mailAccountPart.parse(JSON.parse(part)));
  expect(read.flatMap((part) => part.accounts)).toEqual(accounts);
  expect(read.flatMap((part) => part.settings)).toEqual(settings);
});
