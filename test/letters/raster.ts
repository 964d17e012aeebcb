import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Dots per inch. */
const resolution = 144;
const scale = resolution / 72;

export interface Raster {
  width: number;
  height: number;
  grey: Uint8Array;
}

/** One page as a printer sees it: text extraction would look right even where glyphs are missing. */
export function rasterise(pdf: Uint8Array, page = 1): Raster {
  return inFolder(pdf, (folder) => {
    execFileSync(
      'pdftoppm',
      [
        '-gray',
        '-r',
        String(resolution),
        '-f',
        String(page),
        '-l',
        String(page),
        '-singlefile',
        'a.pdf',
        'a',
      ],
      { cwd: folder, timeout: 30_000 },
    );
    const file = readFileSync(join(folder, 'a.pgm'));
    const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(file.subarray(0, 64).toString('latin1'));
    if (!header) throw new Error('not a grey map');
    return {
      width: Number(header[1]),
      height: Number(header[2]),
      grey: new Uint8Array(file.subarray(header[0].length)),
    };
  });
}

export function textOfPdf(pdf: Uint8Array): string {
  return inFolder(pdf, (folder) =>
    execFileSync('pdftotext', ['-layout', 'a.pdf', '-'], { cwd: folder, timeout: 30_000 }).toString(),
  );
}

export function pagesOf(pdf: Uint8Array): number {
  return inFolder(pdf, (folder) => {
    const shown = execFileSync('pdfinfo', ['a.pdf'], { cwd: folder, timeout: 30_000 }).toString();
    return Number(/Pages:\s+(\d+)/.exec(shown)?.[1]);
  });
}

/** Which dots of a rectangle (in points) are dark. */
export function ink({ width, grey }: Raster, x: number, y: number, w: number, h: number): string {
  let dots = '';
  for (let row = Math.round(y * scale); row < Math.round((y + h) * scale); row += 1) {
    for (let column = Math.round(x * scale); column < Math.round((x + w) * scale); column += 1) {
      dots += (grey[row * width + column] ?? 255) < 128 ? '#' : '.';
    }
  }
  return dots;
}

export function darkness(dots: string): number {
  return dots.split('#').length - 1;
}

function inFolder<T>(pdf: Uint8Array, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'hikkoshi-pdf-'));
  try {
    writeFileSync(join(folder, 'a.pdf'), pdf);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
