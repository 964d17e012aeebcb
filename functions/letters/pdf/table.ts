import { area, colours, type Sheet } from './sheet.ts';

export interface Column {
  title: string;
  /** Points; all of them together are the width of the paper's area. */
  width: number;
  align?: 'left' | 'right' | 'center';
}

const size = 9;
const padding = { x: 6, y: 4 };
/** Higher than this, a cell is cut and marked: a single row never fills more than a page. */
const highest = 560;

/** A table over as many pages as it needs; its head stands on top of each, and no row is torn apart. */
export function table(sheet: Sheet, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  head(sheet, columns);
  for (const row of rows) {
    const cells = row.map((text, index) => fitted(sheet, text, columns[index]?.width ?? 0));
    const height = Math.max(...cells.map((cell) => cell.height)) + 2 * padding.y;
    if (sheet.room(height)) head(sheet, columns);
    let x: number = area.left;
    columns.forEach((column, index) => {
      sheet.type('regular', size);
      sheet.pdf.text(cells[index]?.text ?? '', x + padding.x, sheet.y + padding.y, {
        width: column.width - 2 * padding.x,
        align: column.align ?? 'left',
        lineGap: 1.5,
      });
      x += column.width;
    });
    sheet.y += height;
    sheet.pdf
      .moveTo(area.left, sheet.y)
      .lineTo(area.right, sheet.y)
      .lineWidth(0.4)
      .strokeColor(colours.line)
      .stroke();
  }
  sheet.y += 4;
}

/** Sums below a table, to the right; the last one in bold. They stay together. */
export function totals(sheet: Sheet, rows: readonly (readonly [string, string])[]): void {
  sheet.room(rows.length * 18 + 12);
  rows.forEach(([label, value], index) => {
    const last = index === rows.length - 1;
    if (last) {
      sheet.y += 2;
      sheet.pdf
        .moveTo(area.right - 260, sheet.y)
        .lineTo(area.right, sheet.y)
        .lineWidth(1)
        .strokeColor(colours.ink)
        .stroke();
    }
    sheet.type(last ? 'bold' : 'regular', last ? 10.5 : size);
    sheet.pdf.text(label, area.right - 260, sheet.y + 3, { width: 150, align: 'right', lineBreak: false });
    sheet.pdf.text(value, area.right - 110, sheet.y + 3, {
      width: 110 - padding.x,
      align: 'right',
      lineBreak: false,
    });
    sheet.y += last ? 22 : 17;
  });
}

function head(sheet: Sheet, columns: readonly Column[]): void {
  sheet.room(60);
  sheet.pdf.rect(area.left, sheet.y, area.width, 19).fill(colours.ai);
  let x: number = area.left;
  for (const { title, width, align = 'left' } of columns) {
    sheet.type('bold', 8.5, '#ffffff');
    sheet.pdf.text(title, x + padding.x, sheet.y + 3.5, {
      width: width - 2 * padding.x,
      align,
      lineBreak: false,
    });
    x += width;
  }
  sheet.y += 19;
}

function fitted(sheet: Sheet, typed: string, width: number): { text: string; height: number } {
  sheet.type('regular', size);
  const options = { width: width - 2 * padding.x, lineGap: 1.5 };
  let text = sheet.printable(typed);
  let height = sheet.pdf.heightOfString(text || ' ', options);
  while (height > highest) {
    const signs = [...text];
    text = `${signs.slice(0, Math.floor((signs.length * 3) / 4)).join('')}…`;
    height = sheet.pdf.heightOfString(text, options);
  }
  return { text, height };
}
