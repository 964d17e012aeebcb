import { batchMessages } from './batch.ts';
import type { Delivered } from './deliver.ts';
import { append, type NewMessage } from './imap/append.ts';
import type { ImapConnection } from './imap/connection.ts';
import { createMailbox } from './imap/create.ts';
import { ImapRefusedError } from './imap/errors.ts';
import type { Result } from './lines.ts';
import { targetDate, targetFlags } from './target-flags.ts';

/** Where messages go, as it was when it was opened. */
export interface TargetMailbox {
  connection: ImapConnection;
  wire: string;
  permanentFlags: readonly string[] | undefined;
  /** What earlier runs stored in it; see delivered-before.ts. Read when it is asked for. */
  delivered(): Promise<ReadonlyMap<number, readonly string[]>>;
  /** From this size on the target said that its quota is used up. Bytes. */
  fullFrom: number;
  /** The folder was made again after it had gone. */
  madeAgain?: true;
}

/** Stores messages, in one command where the target can; one that it refuses is skipped with the server's words. */
export async function appendMessages(
  target: TargetMailbox,
  messages: readonly Delivered[],
): Promise<Result[]> {
  const results: Result[] = [];
  // A refusal refuses all of a command: it is no longer than a batch.
  const most = target.connection.capabilities.has('MULTIAPPEND') ? batchMessages : 1;
  const groups: Delivered[][] = [];
  for (let at = 0; at < messages.length; at += most) groups.push(messages.slice(at, at + most));
  // All are sent before the first answer is waited for.
  for (const stored of await Promise.allSettled(groups.map((group) => appendGroup(target, group)))) {
    if (stored.status === 'rejected') throw stored.reason;
    results.push(...stored.value);
  }
  return results;
}

async function appendGroup(target: TargetMailbox, group: readonly Delivered[]): Promise<Result[]> {
  try {
    const prepared = group.map((message) => prepare(target, message));
    const stored = await append(
      target.connection,
      target.wire,
      prepared.map(({ message }) => message),
    );
    return group.map((message, index) => {
      const { how } = prepared[index]!;
      const uid = stored?.uids[index];
      return {
        ...identityOf(message),
        outcome: how === undefined ? 'moved' : 'altered',
        ...(how !== undefined && { how }),
        ...(uid !== undefined && { target: uid }),
      };
    });
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    if (error.code === 'TRYCREATE' && !target.madeAgain) {
      target.madeAgain = true;
      if ((await createMailbox(target.connection, target.wire)) === undefined)
        return appendGroup(target, group);
    }
    // A refusal refuses the whole command: alone, each message gets its own answer.
    const results: Result[] = [];
    for (const message of group) results.push(await appendAlone(target, message, error));
    return results;
  }
}

async function appendAlone(
  target: TargetMailbox,
  message: Delivered,
  first: ImapRefusedError,
): Promise<Result> {
  const identity = identityOf(message);
  const skip = (answer: string): Result => ({
    ...identity,
    outcome: 'skipped',
    why: `移行先が受け取りを断りました: ${answer}`,
  });
  if (identity.size >= target.fullFrom) return skip(first.answer || 'quota');
  const { message: whole, how } = prepare(target, message);
  const plainFlags = whole.flags.filter((flag) => flag.startsWith('\\'));
  const ways: { message: NewMessage; how: string[] }[] = [
    { message: whole, how: [] },
    { message: { ...whole, flags: plainFlags }, how: ['移行先が受け付けない印を外しました'] },
    {
      message: { ...whole, flags: plainFlags, date: '' },
      how: ['移行先が受け付けない印と受信日時を外しました'],
    },
  ];
  let refusal = first;
  for (const way of ways) {
    try {
      const stored = await append(target.connection, target.wire, [way.message]);
      const changed = [...(how === undefined ? [] : [how]), ...way.how].join('、');
      return {
        ...identity,
        outcome: changed ? 'altered' : 'moved',
        ...(changed && { how: changed }),
        ...(stored && { target: stored.uids[0]! }),
      };
    } catch (error) {
      if (!(error instanceof ImapRefusedError)) throw error;
      refusal = error;
      // Only a server that cannot read the command may like it better without flags and date.
      if (error.status !== 'BAD' && !/flag|keyword|date/i.test(error.answer)) break;
    }
  }
  if (refusal.code === 'OVERQUOTA' || /quota/i.test(refusal.answer)) {
    target.fullFrom = Math.min(target.fullFrom, identity.size);
  }
  return skip(refusal.answer || refusal.status);
}

function prepare(
  target: TargetMailbox,
  { line, body, holdsNul, dated }: Delivered,
): { message: NewMessage; how?: string } {
  const { kept, how } = targetFlags(line.flags ?? [], target.permanentFlags);
  const date = targetDate(line.date);
  const eight = holdsNul && target.connection.capabilities.has('BINARY');
  // Without BINARY (RFC 3516) a NUL cannot be sent: it goes as what servers show in its place.
  const replace = holdsNul && !eight && body instanceof Uint8Array;
  const differs = [dated?.how, how, replace ? 'NULを0x80に置き換えました' : undefined]
    .filter(Boolean)
    .join('、');
  const sent = replace ? body.map((byte) => byte || 0x80) : body;
  return { message: { body: sent, flags: kept, date, eight }, ...(differs && { how: differs }) };
}

function identityOf({ line, body, sha256, dated }: Delivered) {
  const size = body instanceof Uint8Array ? body.length : body.size;
  return { mailbox: line.mailbox, uid: line.uid!, size, sha256, ...(dated?.date && { date: dated.date }) };
}
