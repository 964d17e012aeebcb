import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { ImapConnection } from '../../../functions/migration/mail/imap/connection.ts';
import { everything, fetchList } from '../../../functions/migration/mail/imap/fetch-list.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { storeFlags } from '../../../functions/migration/mail/imap/store.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { fill, letter } from './mailboxes.ts';
import { jobBetween, move, open, until } from './move.ts';

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

async function set(
  connection: ImapConnection,
  uid: number,
  change: '+' | '-',
  ...flags: string[]
): Promise<void> {
  await selectMailbox(connection, 'INBOX', 'SELECT');
  await storeFlags(connection, [uid], change, flags);
}

async function marksOf(connection: ImapConnection): Promise<string[]> {
  const marks: string[] = [];
  await selectMailbox(connection, 'INBOX', 'EXAMINE');
  await fetchList(connection, 'FETCH', '1:*', everything, ({ flags }) => {
    marks.push(flags.sort().join(' '));
  });
  return marks;
}

/** As move, with something that happens between the copy and its verification. */
async function moveWith(job: MailJob, between: () => Promise<void>) {
  const taken = await until(() => takeMailInventory(job), 0);
  if (taken.more) throw new Error('The inventory did not end.');
  for await (const chunk of readLines<{ chunk: number }>(job.objects, taken.chunksKey))
    await until(() => copyMailChunk(job, chunk), 0);
  await between();
  await until(() => verifyMail(job), 0);
  const summary = (await readSummary(job.objects, job))!;
  const lines: MailLine[] = [];
  for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
  return { summary, messages: lines.filter((line) => line.kind === 'message') };
}

async function withMailbox(
  user: keyof typeof users,
  work: (from: ImapConnection, to: ImapConnection, job: MailJob) => Promise<void>,
): Promise<void> {
  const credentials = { user, password: 'himitsu' };
  const accounts = [{ ...credentials, targetUser: user }];
  const job = jobBetween({ source: source.port, target: target.port }, { accounts });
  const [from, to] = [await open(source.port, credentials), await open(target.port, credentials)];
  try {
    await fill(from, 'INBOX', [
      { body: letter(1), flags: ['\\Flagged', 'kyaku'] },
      { body: letter(2), flags: ['\\Seen'] },
    ]);
    await work(from, to, job);
  } finally {
    job.dispose();
    await Promise.all([from.logout(), to.logout()]);
  }
}

test('a mark that went at the source and is still at the target is seen by the verification, and removed', async () => {
  await withMailbox('taro', async (from, to, job) => {
    await move(job);
    await set(from, 1, '-', '\\Flagged', 'kyaku');
    const { summary, messages } = await moveWith({ ...job, run: 2, previousRun: 1 }, async () => {
      expect(await marksOf(to)).toEqual(['', '\\Seen']);
      // As if the answer had been a lie: a server that did not keep what it was told.
      await set(to, 1, '+', '\\Flagged');
    });
    expect(summary).toMatchObject({ moved: 1, unchanged: 3, unexplained: 0 });
    expect(messages[0]).toMatchObject({ outcome: 'moved', verified: 'match' });
    expect(await marksOf(to)).toEqual(['', '\\Seen']);
  });
});

test('one that the target never removes is unexplained, by its name', async () => {
  await withMailbox('hanako', async (from, to, job) => {
    await move(job);
    await set(from, 2, '-', '\\Seen');
    const deaf = await startCuttingProxy(target.port, {
      note: (data) => {
        const at = data.indexOf('-FLAGS.SILENT');
        if (at >= 0) data.write('+', at);
      },
    });
    try {
      const access = { ...job.access, target: { ...job.access.target, port: deaf.port } };
      const { summary, messages } = await moveWith(
        { ...job, access, run: 2, previousRun: 1 },
        async () => {},
      );
      expect(summary).toMatchObject({ unexplained: 1 });
      expect(messages[1]).toMatchObject({ verified: 'differs', remark: expect.stringContaining('\\Seen') });
    } finally {
      deaf.stop();
    }
    // The same run, taken up again with a server that listens.
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ unexplained: 0 });
    expect(await marksOf(to)).toEqual(['\\Flagged kyaku', '']);

    // What somebody marks at the target is theirs: told, and left as it is.
    const { summary, messages } = await moveWith({ ...job, run: 3, previousRun: 2 }, () =>
      set(to, 2, '+', '\\Answered'),
    );
    expect(summary).toMatchObject({ unexplained: 0 });
    expect(messages[1]).toMatchObject({
      verified: 'kept',
      remark: expect.stringMatching(/移行先だけにある印: .*Answered/),
    });
    expect(await marksOf(to)).toEqual(['\\Flagged kyaku', '\\Answered']);
  });
});
