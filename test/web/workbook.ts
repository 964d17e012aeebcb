import { crc32, deflateRawSync } from 'node:zlib';

/** A cell as a program writes it: text stands in the shared strings; anything else is its XML, without the address. */
export type Cell = string | { xml: (address: string) => string } | undefined;

export const number = (digits: string, style = 0): Cell => ({
  xml: (r) => `<c r="${r}" s="${style}"><v>${digits}</v></c>`,
});
export const formula = (source: string, result?: string): Cell => ({
  xml: (r) => `<c r="${r}" t="str"><f>${source}</f>${result === undefined ? '' : `<v>${result}</v>`}</c>`,
});
export const boolean = (value: 0 | 1): Cell => ({ xml: (r) => `<c r="${r}" t="b"><v>${value}</v></c>` });
/** Characters with furigana, in pieces of different fonts, as a Japanese Excel writes names. */
export const rich = (...pieces: string[]): Cell => ({
  xml: (r) =>
    `<c r="${r}" t="inlineStr"><is>${pieces.map((piece) => `<r><t xml:space="preserve">${piece}</t></r>`).join('')}<rPh sb="0" eb="1"><t>フリガナ</t></rPh></is></c>`,
});
/** Style 2 shows numbers with five digits at least. */
export const fiveDigits = (digits: string): Cell => number(digits, 2);
/** Style 1 of these workbooks shows numbers as days. */
export const day = (serial: number): Cell => number(String(serial), 1);

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The files of a workbook, by the names of its sheets; a missing row is a row that nobody wrote. */
export function workbookFiles(sheets: Record<string, (Cell[] | undefined)[]>): Map<string, string> {
  const strings: string[] = [];
  const files = new Map<string, string>();
  const names = Object.keys(sheets);
  for (const [index, rows] of Object.values(sheets).entries()) {
    const written = rows.map((cells, row) => {
      const inside = cells?.map((cell, column) => {
        const address = `${String.fromCharCode(65 + column)}${row + 1}`;
        if (typeof cell !== 'string') return cell?.xml(address) ?? '';
        return `<c r="${address}" t="s"><v>${strings.push(cell) - 1}</v></c>`;
      });
      return inside ? `<row r="${row + 1}" spans="1:6">${inside.join('')}</row>` : '';
    });
    files.set(`xl/worksheets/sheet${index + 1}.xml`, sheetXml(written.join('')));
  }
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  files.set(
    'xl/workbook.xml',
    `${head}<workbook ${main} xmlns:r="${office}"><sheets>${names
      .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
      .join('')}</sheets></workbook>`,
  );
  files.set(
    'xl/_rels/workbook.xml.rels',
    `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names
      .map((_, index) => relation(`rId${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`))
      .join(
        '',
      )}${relation('rIdS', 'sharedStrings', 'sharedStrings.xml')}${relation('rIdT', 'styles', 'styles.xml')}</Relationships>`,
  );
  files.set(
    'xl/sharedStrings.xml',
    `${head}<sst ${main}>${strings.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t><phoneticPr fontId="1"/></si>`).join('')}</sst>`,
  );
  files.set(
    'xl/styles.xml',
    `${head}<styleSheet ${main}><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellStyleXfs><xf numFmtId="164"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"><alignment/></xf></cellXfs></styleSheet>`,
  );
  files.set('xl/media/image1.png', 'no picture');
  return files;
}

export function sheetXml(rows: string): string {
  return `${head}<worksheet ${main}><dimension ref="A1:F9"/><cols><col min="1" max="6" width="20"/></cols><sheetData>${rows}</sheetData></worksheet>`;
}

/** Deflated; what each entry says of its size is `claimed` where that is given. */
export function zip(files: ReadonlyMap<string, string | Buffer>, claimed?: number): Buffer<ArrayBuffer> {
  const [local, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [path, text] of files) {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const name = Buffer.from(path);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(claimed ?? content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    local.push(Buffer.from('PK\x03\x04'), facts, name, packed);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), facts, place, name);
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, ...directory, end]);
}

export const workbook = (sheets: Record<string, (Cell[] | undefined)[]>) => zip(workbookFiles(sheets));
