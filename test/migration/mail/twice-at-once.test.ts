import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, open, until } from './move.ts';

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

test('a chunk run three times at once leaves each message once, and other mail alone', async () => {
  const from = await open(source.port);
  const to = await open(target.port);
  const job = jobBetween({ source: source.port, target: target.port });
  try {
    const seeds = Array.from({ length: 300 }, (_, at) => ({
      body: letter(at % 290, 20_000),
      flags: ['\\Seen'],
    }));
    await fill(from, 'INBOX', seeds);
    await takeMailInventory(job);
    // What arrives at the target itself while the move goes on: one of its own, one that the source has too.
    await fill(to, 'INBOX', [{ body: letter(9000, 3000) }]);
    const run = () => until(() => copyMailChunk(job, { chunk: 0 }), 50);
    await Promise.all([run(), run(), run()]);
    await until(() => verifyMail(job), 5);
    expect(await readSummary(job.objects, job)).toMatchObject({ moved: 300, unexplained: 0 });
    const there = bare(await contents(to), '', '/');
    const expected = bare(await contents(from), 'INBOX.', '.');
    const content = (lines: string[] = []) => lines.map((line) => line.split(' ')[0]);
    const own = content(there.INBOX).filter((hash) => !content(expected.INBOX).includes(hash));
    expect(own).toHaveLength(1);
    expect(content(there.INBOX).filter((hash) => hash !== own[0])).toEqual(content(expected.INBOX));
  } finally {
    await from.logout();
    await to.logout();
    job.dispose();
  }
});
