import { nameOf } from '../../position.ts';
import { type Encoding, encodingOf } from './encoding.ts';
import { type PhpCode, phpCode } from './php-code.ts';

export type FileType = 'php' | 'htaccess' | 'env' | 'ini' | 'script' | 'text';

/** A text file as the rules look at it. Positions are bytes: `text` has one UTF-16 unit a byte (latin1). */
export interface SourceFile {
  path: Buffer;
  /** In lower case; latin1 where it is no ASCII. */
  name: string;
  type: FileType;
  bytes: Buffer;
  text: string;
  encoding: Encoding;
  /** Permission bits. */
  mode: number;
  /** Where each line begins. */
  lines: readonly number[];
  /** Of a PHP file. */
  php?: PhpCode;
}

/** Larger files are data, not programs. */
export const largestFile = 1024 * 1024;
/** A longer line is made by a machine: what is in it is found, and left to a person to fix. */
export const longestFixedLine = 4_000;

const phpNames = /\.(?:php[3-8s]?|phtml|inc|ctp|tpl|module)$/;
const scriptNames = /\.(?:cgi|pl|pm|py|rb|sh|fcgi)$/;
const textNames = /\.(?:html?|xhtml|shtml?|css|js|json|xml|ya?ml|conf|cnf|txt|htpasswd|svg|asp|jsp)$/;

/**
 * Undefined for what holds no program, no setting and no address: pictures, archives, dumps. With a mode, what may be run
 * and has no suffix counts as a script: its first line will tell (sourceFile).
 */
export function fileType(path: Buffer, mode = 0): FileType | undefined {
  const name = nameOf(path).toString('latin1').toLowerCase();
  if (/^\.htaccess/.test(name)) return 'htaccess';
  if (/^\.env(?:\.|$)/.test(name)) return 'env';
  if (name === 'php.ini' || name === '.user.ini' || name.endsWith('.ini')) return 'ini';
  if (phpNames.test(name)) return 'php';
  if (scriptNames.test(name)) return 'script';
  if (textNames.test(name) || name.startsWith('.my.cnf')) return 'text';
  return mode & 0o111 && !name.includes('.') ? 'script' : undefined;
}

/** Undefined when it is not to be looked at (fileType), or not to be read: too large, or no known characters. */
export function sourceFile(path: Buffer, bytes: Buffer, mode: number): SourceFile | undefined {
  const type = fileType(path, mode);
  if (type === undefined || bytes.length > largestFile) return undefined;
  if (fileType(path) === undefined && !bytes.subarray(0, 2).equals(Buffer.from('#!'))) return undefined;
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return undefined;
  const text = bytes.toString('latin1');
  const lines = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines.push(at + 1);
  const name = nameOf(path).toString('latin1').toLowerCase();
  const isPhp = type === 'php' || (type === 'text' && /<\?(?:php\s|=)/i.test(text));
  return {
    path,
    name,
    type,
    bytes,
    text,
    encoding,
    mode,
    lines,
    ...(isPhp && { php: phpCode(text) }),
  };
}

/** Index of the line (from 0) in which a byte is. */
export function lineAt(lines: readonly number[], at: number): number {
  let low = 0;
  let high = lines.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (lines[middle]! <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Where a line's content ends: before its LF, or CR and LF. */
export function endOfLine({ text, lines }: Pick<SourceFile, 'text' | 'lines'>, line: number): number {
  const next = lines[line + 1];
  if (next === undefined) return text.length;
  return text[next - 2] === '\r' ? next - 2 : next - 1;
}
