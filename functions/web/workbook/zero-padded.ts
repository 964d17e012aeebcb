const attribute = (name: string) => new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
const formats = /<numFmt(?=\s)[^<>]*>/g;
const cellStyles = /<cellXfs(?=[\s>])[^<>]*>(.*?)<\/cellXfs>/s;
const numbers = /<c(\s[^<>]*)>(?:<f(?:\s[^<>]*)?(?:\/>|>[^<]*<\/f>))?<v>(\d{1,15})<\/v><\/c>/g;

/**
 * Numbers that a sheet shows with zeros in front (a format such as `00000`), as the text that people see there: 00123 is what
 * was meant, and the file says 123. Takes and gives the files of a workbook.
 */
export function zeroPadded(files: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const widths = widthsOf(files.get('xl/styles.xml')?.toString() ?? '');
  const padded = new Map(files);
  if (!widths.some((width) => width > 1)) return padded;
  for (const [name, content] of files) {
    if (!name.startsWith('xl/worksheets/')) continue;
    const text = content.toString().replace(numbers, (cell, attributes: string, digits: string) => {
      const width = widths[Number(attributeOf(attributes, 's') ?? -1)] ?? 0;
      if (digits.length >= width || (attributeOf(attributes, 't') ?? 'n') !== 'n') return cell;
      return `<c r="${attributeOf(attributes, 'r') ?? ''}" t="str"><v>${digits.padStart(width, '0')}</v></c>`;
    });
    padded.set(name, Buffer.from(text));
  }
  return padded;
}

/** For each style of cells, as how many digits it shows at least. */
function widthsOf(styles: string): number[] {
  const widths = new Map<string, number>();
  for (const [format] of styles.matchAll(formats)) {
    const code = attributeOf(format, 'formatCode') ?? '';
    if (/^0{2,15}$/.test(code)) widths.set(attributeOf(format, 'numFmtId') ?? '', code.length);
  }
  const cells = cellStyles.exec(styles)?.[1] ?? '';
  return [...cells.matchAll(/<xf(?=[\s/>])[^<>]*>/g)].map(
    ([style]) => widths.get(attributeOf(style, 'numFmtId') ?? '') ?? 0,
  );
}

function attributeOf(tag: string, name: string): string | undefined {
  const [, double, single] = attribute(name).exec(tag) ?? [];
  return double ?? single;
}
