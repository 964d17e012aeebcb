import type { TargetMailbox } from './append-messages.ts';
import { flagChange } from './compare-known.ts';
import { ImapRefusedError } from './imap/errors.ts';
import { storeFlags } from './imap/store.ts';
import { listTarget } from './list-target.ts';
import { targetFlags } from './target-flags.ts';

/** A message that was found in the selected folder of the target, and the marks that the source has. */
export interface FoundMarks {
  target: number;
  flags: readonly string[];
}

/**
 * Mail from before gets the source's marks and loses none. What an earlier run of ours stored also loses those that went at
 * the source, unless somebody has changed its marks at the target since.
 */
export async function alignFlags(target: TargetMailbox, found: readonly FoundMarks[]): Promise<void> {
  if (found.length === 0) return;
  const delivered = await target.delivered();
  const ours = found.flatMap(({ target: uid, flags }) => {
    const had = targetFlags(delivered.get(uid) ?? [], target.permanentFlags).kept;
    const gone = flagChange(had, flags)?.remove ?? [];
    return gone.length > 0 ? [{ uid, had, gone }] : [];
  });
  const now = await listTarget(
    target.connection,
    ours.map(({ uid }) => uid),
  );
  const untouched = ours.filter(({ uid, had }) => !flagChange(had, now.get(uid)?.flags ?? []));
  // Removed first: after a crash in between, the marks are not what was stored any more, and those to come still come.
  await store(
    target,
    '-',
    untouched.map(({ uid, gone }) => ({ target: uid, flags: gone })),
  );
  await store(target, '+', found);
}

/** One command for all messages that get the same marks. What the server refuses the verification names, message by message. */
async function store(
  target: TargetMailbox,
  change: '+' | '-',
  messages: readonly FoundMarks[],
): Promise<void> {
  const groups = Map.groupBy(messages, ({ flags }) => flags.join(' '));
  for (const [flags, group] of groups) {
    if (!flags) continue;
    const uids = group.map((one) => one.target);
    await storeFlags(target.connection, uids, change, flags.split(' ')).catch((error: Error) => {
      if (!(error instanceof ImapRefusedError)) throw error;
    });
  }
}
