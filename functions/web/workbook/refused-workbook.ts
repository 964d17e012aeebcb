/** A workbook that is not read; the sentence says what to do, and holds nothing of what is in it. */
export class RefusedWorkbook extends Error {
  override name = 'RefusedWorkbook';
}

const saveAgain = 'Excel で開き、「名前を付けて保存」で「Excel ブック（.xlsx）」として保存し直してください。';

export const refusals = {
  broken: `Excel のブックとして読み取れません。${saveAgain}`,
  old: `古い形式のブック（.xls）は受け取れません。${saveAgain}`,
  encrypted:
    'パスワードで開くブックは受け取れません。Excel で開き、「ファイル」の「情報」、「ブックの保護」からパスワードを外して保存し直してください。',
  large:
    'ブックが大きすぎます。アカウントの一覧だけを新しいブックにコピーし、保存したファイルを選んでください。',
};
