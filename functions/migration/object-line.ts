import { isUtf8 } from 'node:buffer';
import { TerminalError } from '../case/errors.ts';

export type Outcome = 'moved' | 'altered' | 'skipped' | 'unchanged';

/**
 * One object of the source: a line of the inventory, of a chunk and of the ledger. The outcome is absent until it is
 * known. `path` begins with `./`, so that no name is read as a formula; a name that is not UTF-8 is in `pathBase64`.
 */
export interface ObjectLine {
  path?: string;
  pathBase64?: string;
  /** Where it goes, when names are converted on the way. */
  targetPath?: string;
  targetPathBase64?: string;
  kind: string;
  /** Bytes of content. */
  size: number;
  /** Four octal digits. */
  mode?: string;
  /** Whole seconds since 1970. */
  mtime?: number;
  /** How many names the file has at the source, when more than one. */
  hardLinks?: number;
  /** Where a symbolic link leads, as the source has it. */
  link?: string;
  linkBase64?: string;
  outcome?: Outcome;
  /** Why it was skipped. */
  why?: string;
  /** In what it differs at the target. */
  how?: string;
  sha256?: string;
  /** What was delivered in place of that content: it has an approved fix in it (R9). */
  fixed?: Fixed;
  /** Why an approved fix is not in it. */
  notFixed?: string;
  /** At the target something else stood in its place, and went. */
  replaced?: true;
  /** Of a planned line: what the run before has left at the target. Without time, where the target kept another one. */
  stood?: { size: number; mtime?: number };
  /** It was written to so recently that an equal time does not prove an equal content: read it again next time. */
  recheck?: boolean;
  /** What the verification saw; absent for what was skipped. `kept`: changed at the target since it arrived there. */
  verified?: 'match' | 'kept' | 'differs' | 'missing';
  /** What the verification saw in words, when it is not a plain match. */
  remark?: string;
}

export interface Fixed {
  /** Bytes and SHA-256 of what is at the target. */
  size: number;
  sha256: string;
  /** Names the approved difference (case/web-fixes/approval.ts). */
  after: string;
  how: string;
}

/** Size and hash of what a file is at the target. */
export function deliveredOf(line: ObjectLine): Pick<ObjectLine, 'size' | 'sha256'> {
  return line.fixed ?? line;
}

/** Longer lines are not ours. */
export const longestLine = 65_536;

/** Invisible, direction-changing and control characters, which JSON would leave as they are. */
const risky =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each is looked for by itself
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]/gu;

const beyondAscii = /[^\n -~]/;

/** The same for lines of JSON, which holds no line feed itself. */
export function quietLines(lines: string): string {
  return beyondAscii.test(lines) ? lines.split('\n').map(quiet).join('\n') : lines;
}

/** JSON without a character that a terminal or an editor acts upon; parses to the same value. */
export function quietJson(value: unknown): string {
  return quiet(JSON.stringify(value));
}

/** The same for text that people read. */
export function quiet(text: string): string {
  return text.replace(risky, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function describePath(path: Buffer): Pick<ObjectLine, 'path' | 'pathBase64'> {
  return isUtf8(path) ? { path: `./${path.toString()}` } : { pathBase64: path.toString('base64') };
}

export function pathOf(line: Pick<ObjectLine, 'path' | 'pathBase64'>): Buffer {
  if (line.pathBase64 !== undefined) return Buffer.from(line.pathBase64, 'base64');
  if (!line.path?.startsWith('./'))
    throw new TerminalError('台帳の行に名前がありません。作業記録が壊れています。');
  return Buffer.from(line.path.slice(2));
}

/** Where it goes, when that is not `pathOf` it. */
export function targetPathOf(line: ObjectLine): Buffer | undefined {
  const name = targetNameOf(line);
  return name && pathOf(name);
}

/** The same, as lines name an object. */
export function targetNameOf({
  targetPath,
  targetPathBase64,
}: Pick<ObjectLine, 'targetPath' | 'targetPathBase64'>): Pick<ObjectLine, 'path' | 'pathBase64'> | undefined {
  if (targetPath === undefined && targetPathBase64 === undefined) return undefined;
  return {
    ...(targetPath !== undefined && { path: targetPath }),
    ...(targetPathBase64 !== undefined && { pathBase64: targetPathBase64 }),
  };
}

export function describeLink(target: Buffer): Pick<ObjectLine, 'link' | 'linkBase64'> {
  const plain = isUtf8(target) && !/^[=+\-@\t\r]/.test(target.toString());
  return plain ? { link: target.toString() } : { linkBase64: target.toString('base64') };
}

export function linkOf(line: Pick<ObjectLine, 'link' | 'linkBase64'>): Buffer {
  return line.linkBase64 === undefined
    ? Buffer.from(line.link ?? '')
    : Buffer.from(line.linkBase64, 'base64');
}

export function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

export function modeOf(line: Pick<ObjectLine, 'mode'>): number {
  return Number.parseInt(line.mode ?? '0644', 8) & 0o7777;
}
