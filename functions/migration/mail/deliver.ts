import { alignFlags, type FoundMarks } from './align-flags.ts';
import { appendMessages, type TargetMailbox } from './append-messages.ts';
import { identify } from './canonical.ts';
import type { ChunkWork } from './chunk-work.ts';
import { type Dated, dated } from './header-date.ts';
import type { Body } from './imap/writer.ts';
import { type MailLine, type Result, secondsOf } from './lines.ts';
import type { Look, Sought } from './look.ts';
import { targetFlags } from './target-flags.ts';

/** A message on its way: in memory, or staged in parts with its identity known. */
export interface Delivered {
  line: MailLine;
  body: Body;
  sha256: string;
  holdsNul: boolean;
  /** What stands for a date that the source does not tell. */
  dated?: Dated;
  sought?: Sought['identity'];
}

/**
 * Brings messages to the target unless they are there: looks when anything may be there (an attempt before this one,
 * another run, mail from before), then stores the rest. The results are to be recorded.
 */
export async function deliver(
  work: ChunkWork,
  target: TargetMailbox,
  look: Look | undefined,
  undated: readonly Delivered[],
): Promise<Result[]> {
  const messages = await Promise.all(undated.map((message) => dated(message, work.since)));
  const found = look && !look.nothingThere ? await look.find(await soughtOf(messages)) : new Map();
  const there: Result[] = [];
  const rest: Delivered[] = [];
  const marks: FoundMarks[] = [];
  for (const message of messages) {
    const { line, body, sha256 } = message;
    const same = found.get(line.uid!);
    if (!same) {
      rest.push(message);
      continue;
    }
    const before = same.target < (work.from.get(line.mailbox) ?? 0);
    const { kept, how: lost } = targetFlags(line.flags ?? [], target.permanentFlags);
    const how = [before ? undefined : message.dated?.how, lost].filter(Boolean).join('、');
    if (before) marks.push({ target: same.target, flags: kept });
    const theirs = before && !(await target.delivered()).has(same.target);
    there.push({
      mailbox: line.mailbox,
      uid: line.uid!,
      size: body instanceof Uint8Array ? body.length : body.size,
      sha256,
      target: same.target,
      found: true,
      ...(message.dated?.date && { date: message.dated.date }),
      outcome: how ? 'altered' : before ? 'unchanged' : 'moved',
      ...(how && { how }),
      ...(theirs && { theirs }),
      ...(before && { remark: '移行先に同じ内容のメールが既にありました' }),
    });
  }
  await alignFlags(target, marks);
  if (rest.length === 0) return there;
  await work.checkMine();
  return [...there, ...(await appendMessages(target, rest))];
}

async function soughtOf(messages: readonly Delivered[]): Promise<Sought[]> {
  const sought: Sought[] = [];
  for (const { line, body, sought: identity } of messages) {
    sought.push({
      uid: line.uid!,
      seconds: secondsOf(line.date),
      identity: identity ?? (await identify([body as Uint8Array])),
    });
  }
  return sought;
}
