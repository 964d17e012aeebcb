import { isUtf8 } from 'node:buffer';
import { type ObjectLine, quiet } from './object-line.ts';
import { readOldName } from './web/names/count-names.ts';

const longest = 200;

/**
 * An object's name for people, of a length that a page can hold and without signs that turn the text round; one that is
 * not UTF-8 as well as it can be read.
 */
export function shownName(named: Pick<ObjectLine, 'path' | 'pathBase64'>): string {
  return shortened(readName(named));
}

/** The whole of it, whatever signs are in it: for whoever makes those harmless. */
export function readName({ path, pathBase64 = '' }: Pick<ObjectLine, 'path' | 'pathBase64'>): string {
  return path ?? readOldPath(Buffer.from(pathBase64, 'base64'));
}

export function shortened(text: string): string {
  const signs = [...quiet(text.toWellFormed())];
  return signs.length <= longest ? signs.join('') : `${signs.slice(0, longest - 1).join('')}…`;
}

function readOldPath(path: Buffer): string {
  const parts = path.toString('latin1').split('/');
  return `./${parts.map((part) => readPart(Buffer.from(part, 'latin1'))).join('/')}`;
}

function readPart(part: Buffer): string {
  return isUtf8(part) ? part.toString() : readOldName(part);
}
