import type { TargetMailbox } from './append-messages.ts';
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
    await storeFlags(target.connection, uids, '+', wanted.kept);
    await storeFlags(target.connection, uids, '-', targetFlags(remove, target.permanentFlags).kept);
    for (const line of group) {
      results.push({
        mailbox: line.mailbox,
        uid: line.uid!,
        size: 0,
        outcome: wanted.how === undefined ? 'moved' : 'altered',
        target: line.target!,
        remark: '印だけを更新しました',
        ...(wanted.how !== undefined && { how: wanted.how }),
      });
    }
  }
  return results;
}
