import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expunge } from '../../../functions/migration/mail/imap/expunge.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { storeFlags } from '../../../functions/migration/mail/imap/store.ts';
import { readSummary, writeSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
let user = 0;
const users = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`taro${at}`, 'himitsu']));
beforeAll(async () => {
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users });
  target = await startDovecot({ separator: '/', prefix: '', users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

async function between(work: (both: Awaited<ReturnType<typeof openBoth>>) => Promise<void>): Promise<void> {
  const both = await openBoth();
  try {
    await work(both);
  } finally {
    both.job.dispose();
    await both.from.logout();
    await both.to.logout();
  }
}

async function openBoth() {
  const name = `taro${user++}`;
  const credentials = { user: name, password: 'himitsu' };
  const from = await open(source.port, credentials);
  const to = await open(target.port, credentials);
  const accounts = [{ ...credentials, targetUser: name, targetPassword: 'himitsu' }];
  const job = jobBetween({ source: source.port, target: target.port }, { accounts });
  const same = async () =>
    expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), 'INBOX.', '.'));
  return { from, to, job, same };
}

const seeds = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    body: letter(first + at),
    date: '05-May-2011 12:00:00 +0900',
  }));

test('new mail, changed marks and a new folder are all that the next run moves', async () => {
  await between(async ({ from, to, job, same }) => {
    await fill(from, 'INBOX', seeds(0, 20));
    await move(job);
    await fill(from, 'INBOX', seeds(100, 3));
    await fill(from, 'INBOX.新しい', seeds(200, 2));
    await selectMailbox(from, 'INBOX', 'SELECT');
    await storeFlags(from, [2, 3], '+', ['\\Seen', 'kyaku']);
    await storeFlags(from, [4], '+', ['\\Flagged']);
    // Somebody marks a mail at the target: that stays.
    await selectMailbox(to, 'INBOX', 'SELECT');
    await storeFlags(to, [9], '+', ['\\Answered']);
    const second = await move({ ...job, run: 2, previousRun: 1 });
    expect(second).toMatchObject({ moved: 3 + 2 + 3 + 1, altered: 0, skipped: 0, unexplained: 0 });
    await selectMailbox(from, 'INBOX', 'SELECT');
    await storeFlags(from, [9], '+', ['\\Answered']);
    await same();
    expect(await move({ ...job, run: 3, previousRun: 2 })).toMatchObject({ unexplained: 0, moved: 1 });
    await selectMailbox(from, 'INBOX', 'SELECT');
    await storeFlags(from, [3], '-', ['\\Seen']);
    expect(await move({ ...job, run: 4, previousRun: 3 })).toMatchObject({ unexplained: 0, moved: 1 });
    await same();
  });
});

test('a run that ended unexplained is taken up again under its number, and duplicates nothing', async () => {
  await between(async ({ from, job, same }) => {
    await fill(from, 'INBOX', seeds(0, 12));
    await move(job);
    const left = (await readSummary(job.objects, job))!;
    await writeSummary(job.objects, job, { ...left, unexplained: 1 });
    await fill(from, 'INBOX', seeds(100, 2));
    expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
    await same();
  });
});

test('a folder that was made again at the source (UIDVALIDITY) is known by its contents', async () => {
  await between(async ({ from, job, same }) => {
    await fill(from, 'INBOX.顧客', seeds(0, 15));
    await move(job);
    const wire = 'INBOX.&mGdbog-';
    await from.run('DELETE', [` "${wire}"`]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await fill(from, 'INBOX.顧客', seeds(0, 15));
    await fill(from, 'INBOX.顧客', seeds(50, 1));
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 1,
      unexplained: 0,
      skipped: 0,
    });
    await same();
  });
});

test('what somebody removed at the target comes again; what is removed at the source stays', async () => {
  await between(async ({ from, to, job }) => {
    await fill(from, 'INBOX', seeds(0, 10));
    await move(job);
    await selectMailbox(to, 'INBOX', 'SELECT');
    await expunge(to, [1, 2]);
    await selectMailbox(from, 'INBOX', 'SELECT');
    await expunge(from, [10]);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ unexplained: 0 });
    expect((await contents(to)).INBOX).toHaveLength(10);
  });
});

test('an unchanged mailbox is not read again: not one message is asked for', async () => {
  await between(async ({ from, job }) => {
    await fill(from, 'INBOX', seeds(0, 50));
    await fill(from, 'INBOX.下書き', seeds(90, 5));
    await move(job);
    let asked = '';
    const proxy = await startCuttingProxy(source.port, {
      note: (data) => (asked += data.toString('latin1')),
    });
    const access = { ...job.access, source: { ...job.access.source, port: proxy.port } };
    try {
      expect(await move({ ...job, access, run: 2, previousRun: 1 })).toMatchObject({
        moved: 0,
        unchanged: 58,
        unexplained: 0,
      });
      expect(asked).toMatch(/STATUS/);
      expect(asked).not.toMatch(/FETCH/);
    } finally {
      proxy.stop();
    }
  });
});

test('deleted mail that nobody expunged is kept, or left out as configured', async () => {
  await between(async ({ from, to, job }) => {
    await fill(from, 'INBOX', [...seeds(0, 3), { body: letter(9), flags: ['\\Deleted'] }]);
    const access = { ...job.access, deleted: 'skip' as const };
    expect(await move({ ...job, access })).toMatchObject({ moved: 3, skipped: 1, unexplained: 0 });
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 1,
      skipped: 0,
      unexplained: 0,
    });
    expect((await contents(to)).INBOX).toHaveLength(4);
  });
});
