import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ImapConnection } from '../../../functions/migration/mail/imap/connection.ts';
import { everything, fetchList } from '../../../functions/migration/mail/imap/fetch-list.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { statusOf } from '../../../functions/migration/mail/imap/status.ts';
import { storeFlags } from '../../../functions/migration/mail/imap/store.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { fill, letter, type Seed } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const users = { taro: 'himitsu', hanako: 'himitsu' };
beforeAll(async () => {
  source = await startDovecot({ users });
  target = await startDovecot({ users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

const folder = 'Kyaku';

/** Makes the folder anew with these messages: every UID and its validity say nothing any more. */
async function remake(connection: ImapConnection, seeds: readonly Seed[]): Promise<void> {
  const validity = async () => (await statusOf(connection, [folder]))[0]?.uidValidity;
  const before = await validity();
  if (before !== undefined) {
    await selectMailbox(connection, 'INBOX', 'EXAMINE');
    await connection.run('DELETE', [` ${folder}`]);
  }
  await fill(connection, folder, seeds);
  expect(await validity()).not.toBe(before);
}

/** By size, which is each message's own here. */
async function marksOf(connection: ImapConnection): Promise<Record<number, string>> {
  const marks: Record<number, string> = {};
  await selectMailbox(connection, folder, 'EXAMINE');
  await fetchList(connection, 'FETCH', '1:*', everything, ({ size, flags }) => {
    expect(marks[size]).toBeUndefined();
    marks[size] = flags.sort().join(' ');
  });
  return marks;
}

const bodies = Array.from({ length: 5 }, (_, at) => letter(at, 500 + 100 * at));
const seedsOf = (...flags: string[][]) => bodies.map((body, at) => ({ body, flags: flags[at]! }));
const expected = (...flags: string[]) =>
  Object.fromEntries(flags.map((marks, at) => [bodies[at]!.length, marks]));

test.each([
  ['taro', 'at once', []],
  ['hanako', 'after runs in which nothing changed', [2, 3]],
] as const)(
  'a folder that was made again at the source (%s, %s): marks that went are removed where we had set them',
  async (user, _, between) => {
    const credentials = { user, password: 'himitsu' };
    const accounts = [{ ...credentials, targetUser: user }];
    const job = jobBetween({ source: source.port, target: target.port }, { accounts });
    const [from, to] = [await open(source.port, credentials), await open(target.port, credentials)];
    try {
      // The last of them is at the target already, with a mark that the source has, too.
      await fill(to, folder, [{ body: bodies[4]!, flags: ['\\Flagged'] }]);
      await remake(
        from,
        seedsOf(['\\Flagged', 'kyaku'], ['\\Seen'], ['\\Seen', 'kyaku'], ['\\Answered'], ['\\Flagged']),
      );
      expect(await move(job)).toMatchObject({ skipped: 0, unexplained: 0 });
      let run = 1;
      for (run of between)
        expect(await move({ ...job, run, previousRun: run - 1 })).toMatchObject({ moved: 0, unexplained: 0 });
      // Somebody marks the third at the target.
      await selectMailbox(to, folder, 'SELECT');
      const marked: number[] = [];
      await fetchList(to, 'FETCH', '1:*', everything, ({ uid, size }) => {
        if (size === bodies[2]!.length) marked.push(uid);
      });
      expect(marked).toHaveLength(1);
      await storeFlags(to, marked, '+', ['\\Draft']);
      await remake(from, seedsOf(['kyaku'], ['\\Answered'], [], ['\\Answered', '\\Seen'], []));
      const again = { ...job, run: run + 1, previousRun: run };
      expect(await move(again)).toMatchObject({ moved: 0, skipped: 0, unexplained: 0 });
      const marks = expected('kyaku', '\\Answered', '\\Draft \\Seen kyaku', '\\Answered \\Seen', '\\Flagged');
      expect(await marksOf(to)).toEqual(marks);
      expect(await move({ ...job, run: run + 2, previousRun: run + 1 })).toMatchObject({
        moved: 0,
        unexplained: 0,
      });
      expect(await marksOf(to)).toEqual(marks);
    } finally {
      job.dispose();
      await Promise.all([from.logout(), to.logout()]);
    }
  },
);
