import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { report } from '../../../functions/migration/keys.ts';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import type { ReportLine } from '../../../functions/migration/verification.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open, until } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const names = ['taro', 'hanako', 'jiro', 'saburo', 'shiro'];
const users = Object.fromEntries(names.map((name) => [name, 'himitsu']));
beforeAll(async () => {
  source = await startDovecot({ users });
  target = await startDovecot({ users });
  for (const user of names) {
    const from = await open(source.port, { user, password: 'himitsu' });
    await fill(from, 'INBOX', [{ body: letter(1) }, { body: letter(2) }, { body: letter(3) }]);
    await fill(from, '取引先', [{ body: letter(4) }]);
    await from.logout();
  }
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

const jobOf = (...users: string[]) =>
  jobBetween(
    { source: source.port, target: target.port },
    { accounts: users.map((user) => ({ user, targetUser: user, password: 'himitsu' })) },
  );

/** The job after the password of its last account was changed, at one end. */
const changed = (job: MailJob, end: 'password' | 'targetPassword'): MailJob => ({
  ...job,
  accounts: job.accounts.map((account, at) =>
    at < job.accounts.length - 1 ? account : { ...account, targetPassword: 'himitsu', [end]: 'furui' },
  ),
});

async function copy(inventory: MailJob, copying: MailJob): Promise<void> {
  const taken = await until(() => takeMailInventory(inventory), 0);
  if (taken.more) throw new Error('The inventory did not end.');
  for await (const chunk of readLines<{ chunk: number }>(inventory.objects, taken.chunksKey))
    await until(() => copyMailChunk(copying, chunk), 0);
}

async function verified(job: MailJob) {
  await until(() => verifyMail(job), 0);
  const summary = (await readSummary(job.objects, job))!;
  const lines: MailLine[] = [];
  for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
  return { summary, lines };
}

async function countAt(port: number, user: string): Promise<number> {
  const connection = await open(port, { user, password: 'himitsu' });
  const all = await contents(connection);
  await connection.logout();
  return Object.values(all).flat().length;
}

test.each(['password', 'targetPassword'] as const)(
  'a %s that changes before the copy leaves that account out with the reason, and the next run moves it',
  async (end) => {
    const last = end === 'password' ? 'hanako' : 'jiro';
    const job = jobOf('taro', last);
    try {
      await copy(job, changed(job, end));
      const { summary, lines } = await verified(job);
      expect(summary).toMatchObject({ skipped: 4, unexplained: 0 });
      const left = lines.filter((line) => line.outcome === 'skipped');
      expect(left.every((line) => line.path!.startsWith(`./${last}/`))).toBe(true);
      expect(left[0]!.why).toMatch(new RegExp(`${last} のログインを断りました`));
      expect(JSON.stringify(lines)).not.toContain('furui');
      expect(await countAt(target.port, 'taro')).toBe(4);
      expect(await countAt(target.port, last)).toBe(0);
      expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ moved: 4, unexplained: 0 });
      expect(await countAt(target.port, last)).toBe(4);
    } finally {
      job.dispose();
    }
  },
);

test('a mailbox that does not open for the verification is unexplained, the others are verified', async () => {
  const job = jobOf('taro', 'saburo');
  try {
    await copy(job, job);
    const { summary, lines } = await verified(changed(job, 'targetPassword'));
    expect(summary).toMatchObject({ unexplained: 2 + 4, skipped: 0 });
    for (const line of lines.filter(({ kind }) => kind !== 'account')) {
      if (line.path!.startsWith('./taro/')) expect(line.verified).toBe('match');
      else
        expect(line).toMatchObject({ verified: 'differs', remark: expect.stringMatching(/照合できません/) });
    }
    expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
    expect(await countAt(target.port, 'saburo')).toBe(4);
  } finally {
    job.dispose();
  }
});

test('a message that arrives again after the verification is told by the next run, and left alone', async () => {
  const job = jobOf('shiro');
  try {
    await move(job);
    const to = await open(target.port, { user: 'shiro', password: 'himitsu' });
    await fill(to, 'INBOX', [{ body: letter(2) }, { body: letter(99) }]);
    await to.logout();
    const again = { ...job, run: 2, previousRun: 1 };
    expect(await move(again)).toMatchObject({ moved: 0, unexplained: 0 });
    const told: ReportLine[] = [];
    for await (const line of readLines<ReportLine>(job.objects, report(again))) told.push(line);
    expect(told.filter((line) => line.result === 'only-in-target').map(({ remark }) => remark)).toEqual([
      expect.stringMatching(/前回の照合の後に.*1通/),
      '移行以外で届いたメールが1通あります',
    ]);
    expect(await countAt(target.port, 'shiro')).toBe(6);
  } finally {
    job.dispose();
  }
});
