import readXlsxFile, { type CellValue, type Row } from 'read-excel-file/universal';
import { cellName, notText } from '../../case/sheet-cell.ts';
import { boundedXml } from './bounded-xml.ts';
import { RefusedWorkbook, refusals } from './refused-workbook.ts';
import { storedZip } from './stored-zip.ts';
import { zeroPadded } from './zero-padded.ts';
import { zipEntries } from './zip-entries.ts';

/** What a workbook's reader needs, and nothing else of it: no pictures, charts, comments or themes. */
const wanted = /^xl\/(?:_rels\/workbook\.xml\.rels|(?:worksheets\/)?[^/]+\.xml)$/;

/** UTF-16 units. */
const longestCell = 10_000;
const longestText = 2_000_000;

/** A number as the file has it: none of its digits is lost before it is looked at. */
interface Written {
  digits: string;
}
type Cell = CellValue<Written> | Date | null | undefined;

/**
 * The sheet that is named like accounts, else the first, as CSV: each row on the line that the spreadsheet numbers it by;
 * breaks inside a cell are vertical tabs; cells that are no text are marked (case/sheet-cell.ts). What is read was counted
 * and bounded before (threats.md, row 6), so the time is too. Throws RefusedWorkbook.
 */
export async function workbookText(bytes: Uint8Array): Promise<string> {
  const files = zeroPadded(boundedXml(zipEntries(Buffer.from(bytes), (name) => wanted.test(name))));
  const sheets = await readXlsxFile<Written>(new Blob([storedZip(files)]), {
    trim: false,
    parseNumber: (digits) => ({ digits }),
  }).catch(() => {
    // Its own message may quote what is in the cells.
    throw new RefusedWorkbook(refusals.broken);
  });
  const named = sheets.find(({ sheet }) => /アカウント|account/i.test(sheet.normalize('NFKC')));
  const rows = (named ?? sheets[0])?.data ?? [];
  let length = 0;
  return rows
    .map((row, index) => {
      const line = csvRow(row, index + 1);
      length += line.length;
      if (length > longestText) throw new RefusedWorkbook(refusals.large);
      return line;
    })
    .join('\r\n');
}

function csvRow(row: Row<Written>, number: number): string {
  const cells = row.map((cell, column) => {
    const text = textOf(cell);
    if (text.length <= longestCell) return text.replace(/\r\n|[\r\n\t]/g, '\v');
    const where = cellName(column, number);
    throw new RefusedWorkbook(`${where}: 1つのセルは${longestCell}文字以内にしてください。`);
  });
  if (cells.every((cell) => cell.trim() === '')) return '';
  return cells.map((cell) => (cell === '' ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',');
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return notText('boolean');
  if ('digits' in cell) return whole(cell.digits) ?? notText('number');
  return notText('date');
}

/** Beyond 15 digits a spreadsheet has rounded what was typed. */
function whole(digits: string): string | undefined {
  const value = Number(digits);
  return digits.trim() !== '' && Number.isInteger(value) && Math.abs(value) < 1e15
    ? String(value)
    : undefined;
}
