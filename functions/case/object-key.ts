import { TerminalError } from './errors.ts';

/** S3's limit, in bytes of UTF-8. */
export const longestKey = 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f]/;

/**
 * Keys begin with `temporary/` or `records/`; segments are neither empty nor `.` nor `..` and hold no control character
 * and no backslash (threats.md, row 1). Any other Unicode is kept as it is. Throws TerminalError.
 */
export function checkKey(key: string): void {
  checkPrefix(key);
  const segments = key.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) refuse(key);
}

/** The beginning of a key; may end in the middle of a segment, but says at least which of the two areas is meant. */
export function checkPrefix(prefix: string): void {
  const fits =
    /^(temporary|records)\//.test(prefix) &&
    Buffer.byteLength(prefix) <= longestKey &&
    prefix.isWellFormed() &&
    !control.test(prefix) &&
    !prefix.includes('\\') &&
    !prefix
      .split('/')
      .slice(0, -1)
      .some((segment) => segment === '' || segment === '.' || segment === '..');
  if (!fits) refuse(prefix);
}

/** Bytes; `end` exclusive. Throws RangeError. */
export function checkRange(range: { start: number; end?: number } | undefined): void {
  if (!range) return;
  const end = range.end ?? range.start;
  if (
    !Number.isSafeInteger(range.start) ||
    !Number.isSafeInteger(end) ||
    range.start < 0 ||
    end < range.start
  ) {
    throw new RangeError(`Not a range of bytes: ${range.start} to ${range.end}`);
  }
}

function refuse(key: string): never {
  throw new TerminalError(
    `This cannot be the key of an object: ${JSON.stringify(key.slice(0, 80))}. Keys begin with temporary/ or records/ ` +
      'and are paths without empty, "." or ".." parts. Nothing was stored or deleted.',
  );
}
