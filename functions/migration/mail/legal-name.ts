import { createHash } from 'node:crypto';

const longest = 200;

/**
 * One level of a folder's name as any server can hold it: no separator, no wildcard, nothing that leads elsewhere in a
 * file system (threats.md, row 8), no control character, at most 200 bytes of UTF-8. Other names stay as they are.
 */
export function legalName(level: string, separator: string): string {
  let name = '';
  for (const character of level.normalize('NFC')) {
    const risky = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069%*/\\]/u.test(character) || character === separator;
    name += risky ? '_' : character;
  }
  name = name.trim();
  if (/^\.+$/.test(name) || name === '') name = `_${name.replaceAll('.', '_')}`;
  if (/^[~#&.]/.test(name)) name = `_${name.slice(name.startsWith('.') ? 1 : 0)}`;
  return Buffer.byteLength(name) > longest ? shortened(name) : name;
}

/** Letters, digits, spaces and dashes only, for a server that refused the name above; two names never become one. */
export function plainestName(level: string): string {
  const plain = level.replace(/[^\p{L}\p{N}\p{M}ー _-]/gu, '_');
  return plain === level && plain.length <= 60 ? plain : `${[...plain].slice(0, 50).join('')}-${mark(level)}`;
}

/**
 * One level in place of all of them, for a server that refused these for their length together (Maildir++ keeps a whole path
 * in one name of at most 255 bytes).
 */
export function flatName(levels: readonly string[]): string {
  const last = levels.at(-1)!.replace(/[^\p{L}\p{N}\p{M}ー _-]/gu, '_');
  return `${[...last].slice(0, 25).join('')}-${mark(levels.join('\0'))}`;
}

function shortened(name: string): string {
  let short = '';
  for (const character of name) {
    if (Buffer.byteLength(short + character) > longest - 9) break;
    short += character;
  }
  return `${short}~${mark(name)}`;
}

function mark(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 8);
}
