import type { Listed } from './imap/fetch-list.ts';
import { arrived } from './known.ts';
import type { MailLine } from './lines.ts';

/**
 * Goes through a folder as it is now and as an earlier run left it, both by ascending UID, in one pass: for each message
 * the line of the earlier run, if it arrived then.
 */
export async function* compareKnown(
  now: AsyncIterable<Listed[]>,
  before: AsyncIterable<MailLine>,
): AsyncGenerator<{ message: Listed; known: MailLine | undefined }> {
  const lines = before[Symbol.asyncIterator]();
  try {
    let head = await lines.next();
    for await (const messages of now) {
      for (const message of messages) {
        while (!head.done && head.value.uid! < message.uid) head = await lines.next();
        const known =
          !head.done && head.value.uid === message.uid && arrived(head.value) ? head.value : undefined;
        yield { message, known };
      }
    }
  } finally {
    await lines.return?.();
  }
}

/** Marks that came and went since; undefined when none did. Order and repetition do not count. */
export function flagChange(
  before: readonly string[],
  now: readonly string[],
): { add: string[]; remove: string[] } | undefined {
  const had = new Set(before.map((flag) => flag.toLowerCase()));
  const has = new Set(now.map((flag) => flag.toLowerCase()));
  const add = now.filter((flag) => !had.has(flag.toLowerCase()));
  const remove = before.filter((flag) => !has.has(flag.toLowerCase()));
  return add.length + remove.length > 0 ? { add, remove } : undefined;
}
