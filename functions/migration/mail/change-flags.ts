import type { TargetMailbox } from './append-messages.ts';
import { ImapRefusedError } from './imap/errors.ts';
import { storeFlags } from './imap/store.ts';
import type { MailLine, Result } from './lines.ts';
import { targetFlags } from './target-flags.ts';

/**
 * Carries over marks that changed at the source since a message was moved: what came is added, what went is removed, and
 * what somebody set at the target stays. The folder is selected.
 */
export async function changeFlags(target: TargetMailbox, lines: readonly MailLine[]): Promise<Result[]> {
  const groups = new Map<string, MailLine[]>();
  for (const line of lines) {
    const key = JSON.stringify(line.change);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  const results: Result[] = [];
  for (const group of groups.values()) {
    const { add, remove } = group[0]!.change!;
    const uids = group.map((line) => line.target!);
    const wanted = targetFlags(add, target.permanentFlags);
    const refused = await storeBoth(
      target,
      uids,
      wanted.kept,
      targetFlags(remove, target.permanentFlags).kept,
    );
    const how = [wanted.how, refused && `移行先が印の変更を断りました: ${refused}`]
      .filter(Boolean)
      .join('、');
    for (const line of group) {
      results.push({
        mailbox: line.mailbox,
        uid: line.uid!,
        size: 0,
        outcome: how ? 'altered' : 'moved',
        target: line.target!,
        remark: '印だけを更新しました',
        ...(how && { how }),
      });
    }
  }
  return results;
}

/** Returns why the server refused, or undefined: the messages are there all the same. */
async function storeBoth(
  { connection }: TargetMailbox,
  uids: readonly number[],
  add: readonly string[],
  remove: readonly string[],
): Promise<string | undefined> {
  try {
    await storeFlags(connection, uids, '+', add);
    await storeFlags(connection, uids, '-', remove);
    return undefined;
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
    return error.answer || error.status;
  }
}
