import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, ledgerOf, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
beforeAll(async () => {
  source = await startDovecot({
    ...{ separator: '.', prefix: 'INBOX.', users: { taro: 'himitsu', hanako: 'himitsu' } },
  });
  target = await startDovecot({ quota: '*:storage=300K' });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

test('a target over its quota: what fits arrives, the rest is in the ledger with its answer, and comes when there is room', async () => {
  const from = await open(source.port);
  const small = Array.from({ length: 20 }, (_, at) => ({ body: letter(at, 2000) }));
  const large = Array.from({ length: 6 }, (_, at) => ({ body: letter(100 + at, 90_000) }));
  await fill(from, 'INBOX', [...large.slice(0, 3), ...small, ...large.slice(3)]);
  const job = jobBetween({ source: source.port, target: target.port });
  const to = await open(target.port);
  try {
    const summary = await move(job);
    expect(summary.unexplained).toBe(0);
    expect(summary.remarks).toEqual([expect.stringMatching(/^taro: 容量不足: /)]);
    expect(summary.moved).toBeGreaterThanOrEqual(22);
    expect(summary.skipped).toBeGreaterThanOrEqual(2);
    const lines: MailLine[] = [];
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
    const skipped = lines.filter((line) => line.outcome === 'skipped');
    for (const line of skipped) expect(line.why).toMatch(/移行先が受け取りを断りました.*[Qq]uota/);
    expect(lines.find((line) => line.kind === 'account')).toMatchObject({
      remark: expect.stringMatching(/^容量不足: /),
    });
    expect((await contents(to)).INBOX).toHaveLength(summary.moved);

    const roomy = await startDovecot();
    const elsewhere = jobBetween({ source: source.port, target: roomy.port }, { objects: job.objects });
    try {
      // Another target under the same name: nothing that the ledger says of the first one is believed.
      expect(await move({ ...elsewhere, run: 2, previousRun: 1 })).toMatchObject({
        skipped: 0,
        unexplained: 0,
      });
      const there = await open(roomy.port);
      expect((await contents(there)).INBOX).toHaveLength(26);
      await there.logout();
    } finally {
      await roomy.stop();
      elsewhere.dispose();
    }
  } finally {
    job.dispose();
    await from.logout();
    await to.logout();
  }
});

test('a message in the midst of others that the target finds too large is in the ledger with its answer, the others arrive', async () => {
  const strict = await startDovecot({
    quota: '*:storage=1G',
    more: 'plugin {\n  quota_max_mail_size = 50K\n}',
    users: { hanako: 'himitsu' },
  });
  const credentials = { user: 'hanako', password: 'himitsu' };
  const from = await open(source.port, credentials);
  await fill(
    from,
    'INBOX',
    Array.from({ length: 30 }, (_, at) => ({ body: letter(at, at === 13 ? 80_000 : 2000) })),
  );
  const accounts = [{ ...credentials, targetUser: 'hanako' }];
  const job = jobBetween({ source: source.port, target: strict.port }, { accounts });
  const to = await open(strict.port, credentials);
  try {
    expect(await move(job)).toMatchObject({ moved: 29, skipped: 1, unexplained: 0 });
    const [left] = (await ledgerOf(job)).filter(({ outcome }) => outcome === 'skipped');
    expect(left).toMatchObject({ uid: 14, why: expect.stringMatching(/移行先が受け取りを断りました.*size/) });
    expect((await contents(to)).INBOX).toHaveLength(29);
    // The next run tries it again, and nothing else.
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      skipped: 1,
      unexplained: 0,
    });
    expect((await contents(to)).INBOX).toHaveLength(29);
  } finally {
    job.dispose();
    await from.logout();
    await to.logout();
    await strict.stop();
  }
});
