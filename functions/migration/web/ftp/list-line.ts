import type { Attributes } from '../file-tree.ts';
import { parseDosLine } from './parse-dos.ts';
import { parseUnixLine } from './parse-unix.ts';

/** One line of a listing; names and targets are bytes as latin1 characters. */
export interface ListLine {
  name: string;
  attributes: Attributes;
  /** Of a link. */
  target?: string;
  /** The time has minutes: not only a day. */
  exact?: boolean;
  /** It is in no dialect that is known here. */
  unread?: true;
}

export interface ListTimes {
  /** Seconds since 1970, for lines without a year. */
  now: number;
  /** Seconds that the times in the listing are ahead of UTC. */
  zone: number;
}

/**
 * A line of LIST in one of its dialects: undefined for lines that are no entry. What cannot be read is an entry of kind
 * `other` under the line's own text, so that nothing is passed over in silence.
 */
export function parseListLine(line: string, first: boolean, times: ListTimes): ListLine | undefined {
  if (line === '') return undefined;
  // `total 24`, also in other languages (合計 24).
  if (first && /^\S+:? \d+$/.test(line)) return undefined;
  const found = parseUnixLine(line, times) ?? parseDosLine(line, times);
  if (!found) {
    const attributes = { kind: 'other', size: 0, mode: 0, mtime: 0 } as const;
    return { name: line.slice(0, 255), attributes, unread: true };
  }
  return found;
}
