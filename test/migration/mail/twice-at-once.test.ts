import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Objects } from '../../../functions/case/ports.ts';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, open, until } from './move.ts';

let source: Dovecot;
let target: Dovecot;
beforeAll(async () => {
  const users = { taro: 'himitsu', hanako: 'himitsu', jiro: 'himitsu' };
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users });
  target = await startDovecot({ separator: '/', prefix: '', users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

test('a chunk run three times at once leaves each message once, and other mail alone', async () => {
  await moveThrice('taro', (job) => job);
});

test('runs that never notice each other store everything thrice: verification leaves each message once', async () => {
  await moveThrice('hanako', (job) => ({ ...job, objects: blindTo(job.objects, () => false) }));
});

test('runs that store while later ones look: verification leaves each message once', async () => {
  const isEarlier = (claim: string, own: string) => claim < own;
  await moveThrice('jiro', (job) => ({ ...job, objects: blindTo(job.objects, isEarlier) }));
});

async function moveThrice(user: string, runnerOf: (job: MailJob) => MailJob): Promise<void> {
  const credentials = { user, password: 'himitsu' };
  const from = await open(source.port, credentials);
  const to = await open(target.port, credentials);
  const accounts = [{ ...credentials, targetUser: user, targetPassword: 'himitsu' }];
  const job = jobBetween({ source: source.port, target: target.port }, { accounts });
  try {
    const seeds = Array.from({ length: 300 }, (_, at) => ({
      body: letter(at % 288, 20_000),
      flags: ['\\Seen'],
      // The second copy of a mail came on another day, or in the same second: both are kept.
      date: `0${at < 295 ? 1 : 2}-Mar-2015 01:02:03 +0900`,
    }));
    await fill(from, 'INBOX', seeds);
    await takeMailInventory(job);
    // What arrives at the target itself while the move goes on.
    await fill(to, 'INBOX', [{ body: letter(9000, 3000), date: '04-Mar-2015 01:02:03 +0900' }]);
    const run = () => until(() => copyMailChunk(runnerOf(job), { chunk: 0 }), 5);
    await Promise.all([run(), run(), run()]);
    // The verification twice at once as well: which copy stays is decided by one.
    const verify = () => until(() => verifyMail(job), 5);
    await Promise.all([verify(), verify()]);
    expect(await readSummary(job.objects, job)).toMatchObject({ moved: 300, unexplained: 0 });
    const there = bare(await contents(to), '', '/').INBOX ?? [];
    const expected = bare(await contents(from), 'INBOX.', '.').INBOX ?? [];
    const own = there.filter((line) => !expected.includes(line));
    expect(own).toHaveLength(1);
    expect(there.filter((line) => line !== own[0])).toEqual(expected);
  } finally {
    await from.logout();
    await to.logout();
    job.dispose();
  }
}

/** Like runs that were paused for long just after they had looked: of others' claims they see only some. */
function blindTo(objects: Objects, sees: (claim: string, own: string) => boolean): Objects {
  let own = '';
  return {
    ...objects,
    put: (key, body) => {
      if (key.includes('/claims/')) own = key;
      return objects.put(key, body);
    },
    async *list(prefix) {
      for await (const one of objects.list(prefix)) {
        if (!prefix.includes('/claims/') || one.key === own || sees(one.key, own)) yield one;
      }
    },
  };
}
