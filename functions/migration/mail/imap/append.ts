import type { ImapConnection, Part } from './connection.ts';
import { mailboxPart, type WireName } from './mailbox-name.ts';
import type { Body } from './writer.ts';

export interface NewMessage {
  body: Body;
  /** Only what the target can keep; see target-flags.ts. */
  flags: readonly string[];
  /** INTERNALDATE, or '' to let the server choose. */
  date: string;
  /** The body holds a NUL and goes as literal8 (RFC 3516). */
  eight: boolean;
}

/**
 * Stores messages, all or none of them (RFC 3502). Returns the UIDs in the same order where the server tells them
 * (UIDPLUS). Throws ImapRefusedError with the server's answer.
 */
export async function append(
  connection: ImapConnection,
  mailbox: WireName,
  messages: readonly NewMessage[],
): Promise<{ uidValidity: number; uids: number[] } | undefined> {
  // RFC 6855: such a server takes no message in any other way.
  const wrapped = connection.capabilities.has('UTF8=ONLY');
  const parts: Part[] = [' ', mailboxPart(mailbox)];
  for (const { body, flags, date, eight } of messages) {
    parts.push(` (${flags.join(' ')})${date && ` "${date}"`} ${wrapped ? 'UTF8 (' : ''}`);
    parts.push({ literal: body, eight: eight || wrapped });
    if (wrapped) parts.push(')');
  }
  const { code, codeText } = await connection.run('APPEND', parts);
  if (code !== 'APPENDUID') return undefined;
  const [validity = '', set = ''] = codeText.split(' ');
  const uids = uidsOf(set, messages.length);
  return uids && { uidValidity: Number(validity), uids };
}

/** The UIDs of `5:7,9`, undefined unless there are exactly `count` of them. */
export function uidsOf(set: string, count: number): number[] | undefined {
  const uids: number[] = [];
  for (const range of set.split(',')) {
    const [, first, last = first] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(range) ?? [];
    if (first === undefined) return undefined;
    const [from, to] = [Math.min(Number(first), Number(last)), Math.max(Number(first), Number(last))];
    if (uids.length + to - from + 1 > count) return undefined;
    for (let uid = from; uid <= to; uid++) uids.push(uid);
  }
  return uids.length === count ? uids : undefined;
}
