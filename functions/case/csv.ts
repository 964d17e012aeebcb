/** A file that is not CSV as RFC 4180 describes it, or too large. `line` counts from 1. */
export class CsvError extends Error {
  override name = 'CsvError';
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

export interface CsvRow {
  /** The line of the file on which the row begins. */
  line: number;
  /** As a spreadsheet numbers it: a row may take several lines. */
  row: number;
  cells: string[];
}

export interface CsvLimits {
  rows: number;
  columns: number;
  /** UTF-16 units in a cell. */
  cell: number;
}

/**
 * RFC 4180: cells in quotes may hold commas, doubled quotes and line breaks (which become LF); LF and CR end a line as
 * CRLF does; empty lines are left out. One pass, memory in proportion to the text. Throws CsvError.
 */
export function parseCsv(text: string, limits: CsvLimits): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  let at = 0;
  for (let number = 1; at < text.length; number += 1) {
    const row: CsvRow = { line, row: number, cells: [] };
    let ended = false;
    while (!ended) {
      const cell = text[at] === '"' ? quoted() : bare();
      if (cell.length > limits.cell)
        throw new CsvError(`1つのセルは${limits.cell}文字以内にしてください。`, line);
      if (row.cells.length === limits.columns)
        throw new CsvError(`列は${limits.columns}列以内にしてください。`, line);
      row.cells.push(cell);
      if (text[at] === ',') at += 1;
      else ended = true;
    }
    endLine();
    if (row.cells.length === 1 && row.cells[0] === '') continue;
    if (rows.length === limits.rows) throw new CsvError(`行は${limits.rows}行以内にしてください。`, row.line);
    rows.push(row);
  }
  return rows;

  function bare(): string {
    const start = at;
    while (at < text.length && !',\r\n'.includes(text[at]!)) {
      if (text[at] === '"')
        throw new CsvError('「"」を含むセルは、全体を「"」で囲み、中の「"」を2つ重ねてください。', line);
      at += 1;
    }
    return text.slice(start, at);
  }

  function quoted(): string {
    const opened = line;
    let cell = '';
    for (;;) {
      const end = text.indexOf('"', at + 1);
      if (end < 0) throw new CsvError('「"」が閉じられていません。', opened);
      const piece = text.slice(at + 1, end).replace(/\r\n?/g, '\n');
      for (const sign of piece) if (sign === '\n') line += 1;
      cell += piece;
      at = end;
      if (text[at + 1] !== '"') break;
      cell += '"';
      at += 1;
    }
    at += 1;
    if (at < text.length && !',\r\n'.includes(text[at]!))
      throw new CsvError('閉じる「"」の後に文字があります。', line);
    return cell;
  }

  function endLine(): void {
    if (text[at] === '\r') at += text[at + 1] === '\n' ? 2 : 1;
    else if (text[at] === '\n') at += 1;
    line += 1;
  }
}

/** A row with every cell in quotes, formulas made harmless, ended with CRLF. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${withoutFormula(cell).replaceAll('"', '""')}"`).join(',')}\r\n`;
}

/** Spreadsheets run cells that begin with these (threats.md, row 14): an apostrophe makes them text. Numbers stay. */
export function withoutFormula(cell: string): string {
  return /^[\s]*[=+\-@＝＋－＠\t\r]/.test(cell) && !/^[+-]?\d+(?:[.:,\d]*\d)?$/.test(cell) && cell !== '-'
    ? `'${cell}`
    : cell;
}
