import type { Attributes, FileKind } from '../file-tree.ts';
import type { ListLine } from './list-line.ts';

/**
 * A line of MLSD or MLST (RFC 3659, section 7); undefined for the directory itself and the one above. Without facts that
 * can be read it is an entry of kind `other`: half of a name with a line break in it, for instance.
 */
export function parseFacts(line: string): ListLine | undefined {
  const end = line.indexOf('; ');
  const name = end < 0 ? line.replace(/^ /, '') : line.slice(end + 2);
  const facts = new Map<string, string>();
  for (const fact of end < 0 ? [] : line.slice(0, end).split(';')) {
    const equals = fact.indexOf('=');
    facts.set(fact.slice(0, equals).trim().toLowerCase(), fact.slice(equals + 1));
  }
  const type = (facts.get('type') ?? '').toLowerCase();
  if (type === 'cdir' || type === 'pdir') return undefined;
  const kind = kindOf(type);
  const mtime = readTimestamp(facts.get('modify') ?? '') ?? 0;
  const size = kind === 'directory' ? 0 : Number(facts.get('size') ?? 'NaN');
  const written = facts.get('unix.mode');
  const mode = written === undefined ? usualMode(kind) : Number.parseInt(written, 8) & 0o7777;
  if (Number.isNaN(mode) || (kind === 'file' && !Number.isSafeInteger(size)))
    return { name, attributes: none };
  const attributes: Attributes = { kind, size: Number.isSafeInteger(size) ? size : 0, mode, mtime };
  const target = /^os\.unix=s(?:ym)?link:(.+)$/is.exec(facts.get('type') ?? '')?.[1];
  return target === undefined ? { name, attributes } : { name, attributes, target };
}

/** `20261124194638`, also with a fraction, in UTC; seconds since 1970. */
export function readTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/.exec(text.trim());
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  return Math.max(0, Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) / 1000);
}

export function writeTimestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace(/\D/g, '');
}

/** Where a server does not tell permission bits. */
export function usualMode(kind: FileKind): number {
  return kind === 'directory' ? 0o755 : 0o644;
}

const none: Attributes = { kind: 'other', size: 0, mode: 0, mtime: 0 };

function kindOf(type: string): FileKind {
  if (type === 'file') return 'file';
  if (type === 'dir') return 'directory';
  return /^os\.unix=s(?:ym)?link/.test(type) ? 'symlink' : 'other';
}
