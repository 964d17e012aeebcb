import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

const fonts = createRequire(import.meta.url);
const file = (name: string) => readFileSync(fonts.resolve(`@expo-google-fonts/noto-sans-jp/${name}`));
let loaded: { regular: Buffer; bold: Buffer } | undefined;

/** Noto Sans JP: it has 髙, 﨑, ㈱ and 𠮷 (U+20BB7), which most Japanese text fonts lack. Read once, at the first document. */
function typefaces(): { regular: Buffer; bold: Buffer } {
  loaded ??= {
    regular: file('400Regular/NotoSansJP_400Regular.ttf'),
    bold: file('700Bold/NotoSansJP_700Bold.ttf'),
  };
  return loaded;
}

export const colours = {
  ink: '#1f2a36',
  soft: '#55606c',
  line: '#b9b2a6',
  ai: '#1f4e79',
  kraft: '#c49a62',
  pale: '#f3efe8',
};
/** A4 in points, and its margins. */
export const area = { left: 48, right: 547, top: 44, bottom: 780, width: 499 } as const;

/** Stands for a sign that the font lacks, as Japanese printers have always done: never an empty box, never nothing. */
const geta = '〓';

export interface SheetOptions {
  title: string;
  author: string;
  /** Of the document, not of the machine: the same document is the same bytes, whenever it is made. */
  createdAt: Date;
  /** 見本 across every page. */
  sample: boolean;
  /** At the foot of every page, beside the page number. */
  foot: string;
}

/** An A4 document in Japanese that grows page by page. `y` is where the next thing goes. */
export class Sheet {
  readonly pdf: PDFKit.PDFDocument;
  y: number = area.top;
  readonly #options: SheetOptions;
  readonly #bytes: Promise<Uint8Array>;

  constructor(options: SheetOptions) {
    this.#options = options;
    const { regular, bold } = typefaces();
    this.pdf = new PDFDocument({
      size: 'A4',
      margin: 0,
      autoFirstPage: false,
      bufferPages: true,
      lang: 'ja',
      displayTitle: true,
      // No font of PDF's own: Helvetica would be read from pdfkit's folder, and has no Japanese.
      font: regular as unknown as string,
      info: {
        Title: options.title,
        Author: options.author,
        Creator: 'hikkoshi',
        Producer: 'hikkoshi',
        CreationDate: options.createdAt,
      },
    });
    this.pdf.registerFont('regular', regular as unknown as PDFKit.Mixins.PDFFontSource);
    this.pdf.registerFont('bold', bold as unknown as PDFKit.Mixins.PDFFontSource);
    this.#bytes = collected(this.pdf);
    this.addPage();
  }

  addPage(): void {
    this.pdf.addPage();
    this.pdf.rect(0, 0, this.pdf.page.width, 8).fill(colours.kraft);
    if (this.#options.sample) this.#mark();
    this.y = area.top;
  }

  /** A new page, unless `height` still fits. True when there was one. */
  room(height: number): boolean {
    if (this.y + height <= area.bottom) return false;
    this.addPage();
    return true;
  }

  /** Numbers the pages and closes the document. */
  async finish(): Promise<Uint8Array> {
    const { start, count } = this.pdf.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      this.pdf.switchToPage(page);
      this.type('regular', 8, colours.soft);
      this.pdf.text(this.printable(this.#options.foot), area.left, 806, {
        width: area.width - 60,
        lineBreak: false,
      });
      this.pdf.text(`${page + 1} / ${count}`, area.right - 60, 806, {
        width: 60,
        align: 'right',
        lineBreak: false,
      });
    }
    this.pdf.end();
    return this.#bytes;
  }

  type(weight: 'regular' | 'bold', size: number, colour: string = colours.ink): void {
    this.pdf.font(weight).fontSize(size).fillColor(colour);
  }

  /** Only signs that the present font can draw; selectors of variants are dropped, control signs become spaces. */
  printable(text: string): string {
    const { font } = (
      this.pdf as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } }
    )._font;
    return [
      ...text
        .toWellFormed()
        .replace(/\p{Variation_Selector}|[\u200b\u200c]|\u200d/gu, '')
        .replace(/[^\P{Cc}\n]/gu, ' '),
    ]
      .map((sign) => (sign === '\n' || font.hasGlyphForCodePoint(sign.codePointAt(0) ?? 0) ? sign : geta))
      .join('');
  }

  #mark(): void {
    const { pdf } = this;
    pdf.save().rotate(-30, { origin: [297, 421] });
    this.type('bold', 170, '#b08040');
    pdf
      .fillOpacity(0.1)
      .text('見本', 0, 310, { width: 595, align: 'center', characterSpacing: 30, lineBreak: false });
    pdf.restore().fillOpacity(1);
  }
}

function collected(pdf: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    pdf.on('error', reject);
  });
}
