import { area, colours, type Sheet } from './sheet.ts';

export interface TextStyle {
  size?: number;
  weight?: 'regular' | 'bold';
  colour?: string;
  x?: number;
  width?: number;
  align?: 'left' | 'right' | 'center';
  /** Space below, points. */
  after?: number;
  spacing?: number;
}

/** Text that flows over as many pages as it needs, a paragraph at a time. */
export function write(sheet: Sheet, text: string, style: TextStyle = {}): void {
  const {
    size = 9.5,
    weight = 'regular',
    colour = colours.ink,
    x = area.left,
    width = area.width,
    after = 4,
  } = style;
  for (const paragraph of text.split('\n')) {
    sheet.type(weight, size, colour);
    const options = {
      width,
      align: style.align ?? 'left',
      lineGap: size * 0.25,
      characterSpacing: style.spacing ?? 0,
    } as const;
    const shown = sheet.printable(paragraph) || ' ';
    for (const part of pieces(sheet, shown, options)) {
      if (sheet.room(part.height)) sheet.type(weight, size, colour);
      sheet.pdf.text(part.text, x, sheet.y, options);
      sheet.y += part.height;
    }
  }
  sheet.y += after;
}

/** Points: a higher paragraph is cut into ones that fit, so that nothing runs off the paper. */
const highest = 100;

function pieces(
  sheet: Sheet,
  text: string,
  options: PDFKit.Mixins.TextOptions,
): { text: string; height: number }[] {
  const height = sheet.pdf.heightOfString(text, options);
  if (height <= highest) return [{ text, height }];
  const signs = [...text];
  const half = Math.floor(signs.length / 2);
  return [signs.slice(0, half), signs.slice(half)].flatMap((part) => pieces(sheet, part.join(''), options));
}

/** The document's name, spaced as on printed forms. */
export function title(sheet: Sheet, text: string): void {
  write(sheet, text, { size: 20, weight: 'bold', align: 'center', spacing: 8, after: 14 });
}

export function heading(sheet: Sheet, text: string): void {
  sheet.y += 6;
  sheet.room(40);
  write(sheet, text, { size: 10.5, weight: 'bold', colour: colours.ai, after: 1 });
  sheet.pdf
    .moveTo(area.left, sheet.y)
    .lineTo(area.right, sheet.y)
    .lineWidth(0.8)
    .strokeColor(colours.ai)
    .stroke();
  sheet.y += 5;
}

export function bullets(sheet: Sheet, items: readonly string[]): void {
  const x = area.left + 12;
  const width = area.width - 12;
  for (const item of items) {
    sheet.type('regular', 9);
    const height = sheet.pdf.heightOfString(sheet.printable(item) || ' ', { width, lineGap: 9 * 0.25 });
    sheet.room(Math.min(height, highest));
    sheet.type('regular', 9);
    sheet.pdf.text('・', area.left, sheet.y, { lineBreak: false });
    write(sheet, item, { size: 9, x, width, after: 2 });
  }
}

/** Label and value, one pair a line. */
export function facts(
  sheet: Sheet,
  rows: readonly (readonly [string, string])[],
  x: number,
  width: number,
  label = 62,
): void {
  for (const [name, value] of rows) {
    sheet.type('regular', 8.5, colours.soft);
    sheet.pdf.text(name, x, sheet.y, { width: label, lineBreak: false });
    write(sheet, value, { size: 8.5, x: x + label, width: width - label, after: 2 });
  }
}

/** The sum, in a frame that is seen first. */
export function sum(sheet: Sheet, label: string, value: string, width: number = area.width): void {
  sheet.room(44);
  sheet.pdf.rect(area.left, sheet.y, width, 34).lineWidth(1.4).strokeColor(colours.ink).stroke();
  sheet.type('bold', 10);
  sheet.pdf.text(label, area.left + 12, sheet.y + 10, { lineBreak: false });
  sheet.type('bold', 17);
  sheet.pdf.text(value, area.left + 12, sheet.y + 5, { width: width - 24, align: 'right', lineBreak: false });
  sheet.y += 46;
}
