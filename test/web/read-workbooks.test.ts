import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { readAccounts } from '../../functions/case/forms/mail-accounts.ts';
import { readWorkbooks } from '../../functions/web/read-workbooks.ts';
import {
  boolean,
  day,
  fiveDigits,
  formula,
  number,
  rich,
  sheetXml,
  workbook,
  workbookFiles,
  zip,
} from './workbook.ts';

const form = {
  sections: [{ title: '', fields: [{ name: 'list', label: '', kind: 'file' as const }] }],
};
const heading = ['種別', '移行元アカウント', '移行元パスワード', '移行先アカウント', '転送先'];

/** The text that the form sees, or the sentence that it is refused with. */
async function textOf(file: Buffer): Promise<string> {
  try {
    const read = await readWorkbooks(form, { list: file.toString('latin1'), other: 'PK\x03\x04' });
    expect(read.other).toBe('PK\x03\x04');
    return String(read.list);
  } catch (error) {
    if (error instanceof InvalidInputError) return `refused: ${error.fields.list}`;
    throw error;
  }
}

async function accountsOf(file: Buffer, passwords: 'list' | 'master' = 'list') {
  try {
    return readAccounts(await textOf(file), { passwords });
  } catch (error) {
    if (error instanceof InvalidInputError) return error.fields;
    throw error;
  }
}

describe('a list of accounts in a workbook', () => {
  test('is read cell by cell: passwords to the character, zeros in front, full-width letters, furigana, formulas', async () => {
    const file = workbook({
      一覧: [
        undefined,
        heading,
        ['メールボックス', 'taro@example.jp', ' 0012"，ｗ', '', ''],
        undefined,
        ['', rich('ｈａｎａｋｏ', '＠example.jp'), number('12345678'), 'hana@new.jp', ''],
        ['  ', '', '　'],
        ['メールボックス', formula('A1&amp;B1', 'jiro@example.jp'), '=1+1', '', ''],
        ['転送', 'info@example.jp', '', '', 'taro@example.jp\nhanako@example.jp'],
      ],
    });
    expect(await accountsOf(file)).toEqual({
      accounts: [
        { user: 'taro@example.jp', targetUser: 'taro@example.jp', password: ' 0012"，ｗ' },
        { user: 'hanako@example.jp', targetUser: 'hana@new.jp', password: '12345678' },
        { user: 'jiro@example.jp', targetUser: 'jiro@example.jp', password: '=1+1' },
      ],
      settings: [
        { kind: 'forward', address: 'info@example.jp', to: ['taro@example.jp', 'hanako@example.jp'] },
      ],
    });
  });

  test('each wrong cell is named as the spreadsheet names it, and no password is said', async () => {
    const file = workbook({
      Sheet1: [
        heading,
        ['なにか', 'a@example.jp', 'himitsu1'],
        undefined,
        ['', '', 'himitsu2'],
        ['', 'b@example.jp', day(45_000)],
        ['', 'c@example.jp', number('0.30000000000000004')],
        ['', 'd@example.jp', number('1.2345678901234568E+19')],
        ['', 'e@example.jp', boolean(1)],
        ['', 'f@example.jp', 'himitsu3\nhimitsu4'],
        ['', 'g@example.jp', formula('RAND()')],
        ['', 'B@example.jp', 'himitsu5'],
      ],
    });
    const fields = (await accountsOf(file)) as Record<string, string>;
    expect(fields).toEqual({
      '2.種別': expect.stringMatching(/^セル A2「種別」: /),
      '4.移行元アカウント': expect.stringMatching(/^セル B4「移行元アカウント」: アカウントを入力/),
      '5.移行元パスワード': expect.stringMatching(/^セル C5「移行元パスワード」: 日付.*「文字列」/),
      '6.移行元パスワード': expect.stringMatching(/^セル C6.*小数/),
      '7.移行元パスワード': expect.stringMatching(/^セル C7.*桁の多い数値/),
      '8.移行元パスワード': expect.stringMatching(/^セル C8.*TRUE/),
      '9.移行元パスワード': expect.stringMatching(/^セル C9.*改行/),
      '10.移行元パスワード': expect.stringMatching(/^セル C10.*パスワードを入力/),
      '11.移行元アカウント': expect.stringMatching(/^セル B11.*5行目と同じ/),
      '11.移行先アカウント': expect.stringMatching(/^セル D11.*5行目と同じ/),
    });
    expect(JSON.stringify(fields)).not.toMatch(/himitsu|0\.3|45000|2023/);
  });

  test('a number that is shown with zeros in front is what people see', async () => {
    const file = workbook({
      a: [
        ['アカウント', 'パスワード'],
        ['taro', fiveDigits('123')],
        ['hanako', fiveDigits('1234567')],
        ['jiro', number('123')],
        ['saburo', { xml: (r) => `<c s='2' r='${r}'><f>A1*1</f><v>0</v></c>` }],
        ['shiro', { xml: (r) => `<c r="${r}" s="2" t="str"><f>"7"</f><v>7</v></c>` }],
      ],
    });
    expect(await accountsOf(file)).toMatchObject({
      accounts: [
        { user: 'taro', password: '00123' },
        { user: 'hanako', password: '1234567' },
        { user: 'jiro', password: '123' },
        { user: 'saburo', password: '00000' },
        { user: 'shiro', password: '7' },
      ],
    });
  });

  test('days and decimals in a column of the customer’s own are none of our business', async () => {
    const file = workbook({
      a: [
        ['アカウント', '作成日', '単価'],
        ['taro', day(45_000), number('1.5')],
      ],
    });
    expect(await accountsOf(file, 'master')).toEqual({
      accounts: [{ user: 'taro', targetUser: 'taro' }],
      settings: [],
    });
  });

  test.each([
    [['表紙', 'メールアカウント', '備考'], 'メールアカウント'],
    [['表紙', 'Accounts'], 'Accounts'],
    [['表紙', 'ﾒｰﾙｱｶｳﾝﾄ'], 'ﾒｰﾙｱｶｳﾝﾄ'],
    [['一覧', '備考'], '一覧'],
  ])('of the sheets %p the one named %s is read', async (names, chosen) => {
    const file = workbook(Object.fromEntries(names.map((name) => [name, [['アカウント'], [`on ${name}`]]])));
    expect(await textOf(file)).toBe(`"アカウント"\r\n"on ${chosen}"`);
  });

  test('what is formatted to the last row and column and empty is no part of it', async () => {
    const files = workbookFiles({ a: [['アカウント'], ['taro']] });
    const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
    const empty =
      '<row r="9" s="1"><c r="XFD9" s="1"/></row><row r="1048575"></row><row r="1048576" s="1" customFormat="1"/>';
    files.set('xl/worksheets/sheet1.xml', sheet.replace('</sheetData>', `${empty}</sheetData>`));
    expect(await textOf(zip(files))).toBe('"アカウント"\r\n"taro"');
  });

  test('ten thousand accounts are a list like any other', async () => {
    const users = Array.from({ length: 10_000 }, (_, at) => [`u${at}`]);
    const list = await accountsOf(workbook({ a: [['アカウント'], ...users] }), 'master');
    expect(list.accounts).toHaveLength(10_000);
  });

  test('a CSV stays what it is', async () => {
    expect(await textOf(Buffer.from('アカウント,PK\n'))).toBe(
      Buffer.from('アカウント,PK\n').toString('latin1'),
    );
  });
});

describe('a workbook that is not to be read', () => {
  const container = (inside: string) =>
    Buffer.concat([
      Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'),
      Buffer.from(inside, 'utf16le'),
    ]);
  const withSheet = (xml: string) =>
    zip(workbookFiles({ a: [['アカウント']] }).set('xl/worksheets/sheet1.xml', xml));
  const cells = (xml: string) => withSheet(sheetXml(xml));

  test.each([
    ['an old one', container('Workbook'), /\.xls）は受け取れません.*Excel ブック（\.xlsx）/],
    ['one with a password', container('EncryptedPackage'), /パスワードを外して/],
    ['an archive that is cut', workbook({ a: [['アカウント']] }).subarray(0, 500), /保存し直してください/],
    ['another archive', zip(new Map([['a.txt', 'x']])), /保存し直してください/],
    ['half an archive', Buffer.from('PK\x03\x04'), /保存し直してください/],
    ['no XML', withSheet('<worksheet><sheetData'), /保存し直してください/],
    ['a tag that never ends', withSheet(`<worksheet>${'<'.repeat(100_000)}`), /保存し直してください/],
    ['a tag too long', cells(`<z ${'a="" '.repeat(5_000)}/>`), /保存し直してください/],
    ['an instruction left open', cells('<?x <row r="1"></row>'), /保存し直してください/],
    [
      'entities of its own',
      withSheet(`<!DOCTYPE x [<!ENTITY a "b">]>${sheetXml('')}`),
      /保存し直してください/,
    ],
    ['a row far below', cells('<row r="999999"><c r="A999999"><v>1</v></c></row>'), /10000行以内/],
    ['a row that is a number', cells('<row r="1e9"><c r="A1"><v>1</v></c></row>'), /保存し直してください/],
    [
      'a hidden address',
      cells('<row r="1"><c r="A1"s="1"r="ZZZZ1"><v>1</v></c></row>'),
      /保存し直してください/,
    ],
    [
      'an encoded address',
      cells('<row r="&#57;99999999"><c r="A1"><v>1</v></c></row>'),
      /保存し直してください/,
    ],
    ['a cell far to the right', cells('<row r="1"><c r="AY1"><v>1</v></c></row>'), /50列以内.*AY1/],
    ['a namespace of its own', cells('<x:row x:r="99999999"><c r="A1"><v>1</v></c></x:row>'), /保存し直して/],
    [
      'an endless text',
      cells(`<row r="1"><c r="A1" t="inlineStr"><is><t>${'a'.repeat(60_000)}</t></is></c></row>`),
      /大きすぎます/,
    ],
    [
      'a long cell',
      cells(`<row r="1"><c r="A1" t="inlineStr"><is><t>${'a'.repeat(20_000)}</t></is></c></row>`),
      /^refused: A1: 1つのセルは/,
    ],
  ])('%s is refused with what to do', async (_, file, sentence) => {
    expect(await textOf(file)).toMatch(/^refused: /);
    expect(await textOf(file)).toMatch(sentence);
  });

  test('a bomb is counted while it is inflated, whatever it says of its size', async () => {
    const zeros = Buffer.alloc(300 * 1024 * 1024, 0x20);
    const files = new Map<string, string | Buffer>(workbookFiles({ a: [['アカウント']] }));
    const bomb = zip(files.set('xl/sharedStrings.xml', zeros), 10);
    expect(bomb.length).toBeLessThan(400_000);
    expect(await textOf(bomb)).toMatch(/^refused: ブックが大きすぎます/);
  });

  test('many files, and many empty places, are too many', async () => {
    const files = workbookFiles({ a: [['アカウント']] });
    for (let at = 0; at < 500; at += 1) files.set(`xl/media/${at}.png`, '');
    expect(await textOf(zip(files))).toMatch(/大きすぎます/);
    const sparse = workbookFiles({ a: [], b: [], c: [] });
    for (const at of [1, 2, 3])
      sparse.set(
        `xl/worksheets/sheet${at}.xml`,
        sheetXml('<row r="10001"><c r="AX10001"><v>1</v></c></row>'),
      );
    expect(await textOf(zip(sparse))).toMatch(/大きすぎます/);
  });

  test('whatever the bytes, it is a text or a refusal', async () => {
    const file = workbook({ a: [heading, ['', 'taro', 'himitsu']] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(file.length - 5), fc.nat(255)), { maxLength: 6 }),
        async (changes) => {
          const broken = Buffer.from(file);
          for (const [at, byte] of changes) broken[at + 4] = byte;
          expect(typeof (await textOf(broken))).toBe('string');
        },
      ),
      { numRuns: 200 },
    );
  });
});
