import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
beforeAll(async () => {
  source = await startDovecot({ separator: '.', prefix: 'INBOX.' });
  target = await startDovecot({ separator: '/', prefix: '' });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

test('every message arrives once, with flags and date, and a second run moves nothing', async () => {
  const from = await open(source.port);
  const date = '17-Jul-1996 02:44:25 -0700';
  const letters = (first: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({
      body: letter(first + at, 500 + 37 * at),
      flags: at % 3 ? ['\\Seen', '$Forwarded', 'kyaku'] : [],
      date,
    }));
  await fill(from, 'INBOX', letters(0, 120));
  await fill(from, 'INBOX.送信済み', letters(1000, 30));
  await fill(from, 'INBOX.取引先.株式会社 山田', letters(2000, 10));
  const job = jobBetween({ source: source.port, target: target.port });
  try {
    const first = await move(job);
    expect(first).toMatchObject({ unexplained: 0, skipped: 0 });
    const to = await open(target.port);
    expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), 'INBOX.', '.'));
    const second = await move({ ...job, run: 2, previousRun: 1 });
    expect(second).toMatchObject({ moved: 0, altered: 0, skipped: 0, unexplained: 0 });
    await to.logout();
  } finally {
    job.dispose();
    await from.logout();
  }
});
