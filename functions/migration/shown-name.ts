import type { ObjectLine } from './object-line.ts';

const longest = 200;

/** An object's name for people, of a length that a page can hold; one that is not UTF-8 as well as it can be. */
export function shownName({ path, pathBase64 = '' }: Pick<ObjectLine, 'path' | 'pathBase64'>): string {
  return shortened(path ?? Buffer.from(pathBase64, 'base64').toString('latin1'));
}

export function shortened(text: string): string {
  const signs = [...text.toWellFormed()];
  return signs.length <= longest ? signs.join('') : `${signs.slice(0, longest - 1).join('')}…`;
}
