import { RefusedWorkbook, refusals } from './refused-workbook.ts';

/** Places that the reader fills, with nothing or with something, in all sheets together. */
const mostPlaces = 1_000_000;
const mostRows = 10_001;
const mostColumns = 50;
/** Characters of one tag, and of it and the text behind it: a cell of Excel holds 32,767. */
const mostTag = 8_192;
const mostPiece = 50_000;

const attribute = /\s+([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy;
/** What is formatted but empty: programs write it to the last row there is. */
const emptyCells = /<(?:\w+:)?c(?:\s[^<>]*)?(?:\/>|>\s*<\/(?:\w+:)?c>)/g;
const emptyRows = /<(?:\w+:)?row(?:\s[^<>]*)?(?:\/>|>\s*<\/(?:\w+:)?row>)/g;

/**
 * The sheets of a workbook as a reader may have them, which builds every row and cell up to the largest address that a file
 * names: plain tags, short pieces, addresses in bounds, empty cells and rows gone. Throws RefusedWorkbook.
 */
export function boundedXml(files: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const bounded = new Map<string, Buffer>();
  let places = 0;
  for (const [name, content] of files) {
    const text = content.toString('utf8').replace(emptyCells, '').replace(emptyRows, '');
    const { rows, columns } = extent(text);
    places += rows * columns;
    if (places > mostPlaces) throw new RefusedWorkbook(refusals.large);
    bounded.set(name, Buffer.from(text));
  }
  return bounded;
}

/** The largest addresses of rows and cells. Between `<` and `<` there is one tag, and then text. */
function extent(xml: string): { rows: number; columns: number } {
  let [rows, columns] = [0, 0];
  for (let at = xml.indexOf('<'); at >= 0; ) {
    const next = xml.indexOf('<', at + 1);
    const end = next < 0 ? xml.length : next;
    if (end - at > mostPiece) throw new RefusedWorkbook(refusals.large);
    const piece = xml.slice(at, end);
    // Neither declared entities nor comments nor CDATA: no program writes them into a workbook. What is left open makes the
    // reader begin again and again.
    const closed = piece.startsWith('<?') ? '?>' : '>';
    const tagEnd = piece.indexOf(closed);
    if (piece.startsWith('<!') || tagEnd < 0 || tagEnd > mostTag) throw new RefusedWorkbook(refusals.broken);
    const named = /^<(?:[^\s:<>/]*:)?(row|c)(?=[\s/>])/.exec(piece);
    if (named) {
      for (const address of addresses(piece, named[0].length)) {
        const { row, column } = named[1] === 'row' ? rowOf(address) : cellOf(address);
        rows = Math.max(rows, row);
        columns = Math.max(columns, column);
      }
    }
    at = next;
  }
  return { rows, columns };
}

/** The values of `r`, in whatever namespace. */
function addresses(piece: string, from: number): string[] {
  const found: string[] = [];
  attribute.lastIndex = from;
  let end = from;
  for (let one = attribute.exec(piece); one; one = attribute.exec(piece)) {
    end = attribute.lastIndex;
    if (/(?:^|:)r$/.test(one[1] ?? '')) found.push(one[2] ?? one[3] ?? '');
  }
  if (!/^\s*\/?>/.test(piece.slice(end, end + 100))) throw new RefusedWorkbook(refusals.broken);
  return found;
}

function rowOf(address: string): { row: number; column: number } {
  if (!/^[1-9]\d{0,6}$/.test(address)) throw new RefusedWorkbook(refusals.broken);
  if (Number(address) > mostRows) throw new RefusedWorkbook(`行は${mostRows - 1}行以内にしてください。`);
  return { row: Number(address), column: 0 };
}

function cellOf(address: string): { row: number; column: number } {
  const [, letters, row] = /^([A-Z]{1,3})([1-9]\d{0,6})$/.exec(address) ?? [];
  if (!letters || !row) throw new RefusedWorkbook(refusals.broken);
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  if (column > mostColumns) {
    throw new RefusedWorkbook(`列は${mostColumns}列以内にしてください（${address} に入力があります）。`);
  }
  return { ...rowOf(row), column };
}
