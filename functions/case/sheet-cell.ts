/** What a spreadsheet makes of what is typed, when it takes it for no text: it is another thing then than was meant. */
const kinds = {
  date: '日付として入っています。',
  number: '小数か、桁の多い数値として入っていて、入力した文字と違うおそれがあります。',
  boolean: 'TRUE・FALSE の値として入っています。',
} as const;

/** U+FFFC, OBJECT REPLACEMENT CHARACTER: in the place of a cell that is no text; its kind follows. */
const mark = '\ufffc';

export function notText(kind: keyof typeof kinds): string {
  return mark + kind;
}

/** Why the cell cannot be taken, and what to do; undefined for text. */
export function whyNotText(cell: string): string | undefined {
  if (!cell.startsWith(mark)) return undefined;
  const said = Object.entries(kinds).find(([kind]) => cell === mark + kind)?.[1] ?? '読み取れません。';
  return `${said}セルの書式を「文字列」に変えてから、入力し直してください。`;
}

/** `B7`, as spreadsheets name it: the column counts from 0, the row from 1. */
export function cellName(column: number, row: number): string {
  let letters = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return `${letters}${row}`;
}
