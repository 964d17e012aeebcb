import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { inPlannedOrder } from '../../../functions/migration/mail/planned-accounts.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const users = { taro: 'himitsu', hanako: 'himitsu' };
beforeAll(async () => {
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users });
  target = await startDovecot({ users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

const accountsWith = (passwords: (string | undefined)[]) =>
  Object.keys(users).map((user, at) => {
    const password = passwords[at];
    return { user, ...(password && { password }), targetUser: user, targetPassword: 'himitsu' };
  });

test('a mailbox that does not open is in the ledger, the others move, and the next run moves it', async () => {
  for (const user of Object.keys(users)) {
    const from = await open(source.port, { user, password: 'himitsu' });
    await fill(from, 'INBOX', [{ body: letter(1) }, { body: letter(2) }]);
    await from.logout();
  }
  const settings = [{ kind: 'alias' as const, address: 'info@example.jp', to: ['taro@example.jp'] }];
  const ports = { source: source.port, target: target.port };
  const job = jobBetween(ports, { accounts: accountsWith(['himitsu', 'chigau']), settings });
  try {
    const summary = await move(job);
    expect(summary).toMatchObject({ moved: 2, skipped: 2, unexplained: 0 });
    const lines: MailLine[] = [];
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
    expect(lines.find((line) => line.path === './hanako')).toMatchObject({
      outcome: 'skipped',
      why: expect.stringMatching(/hanako のログインを断りました/),
    });
    expect(JSON.stringify(lines)).not.toContain('chigau');
    expect(lines.find((line) => line.kind === 'setting')).toMatchObject({ outcome: 'skipped' });

    const again = { ...job, accounts: accountsWith(['himitsu', 'himitsu']), run: 2, previousRun: 1 };
    expect(await move(again)).toMatchObject({ moved: 2, skipped: 1, unexplained: 0 });
    for (const user of Object.keys(users)) {
      const [from, to] = [
        await open(source.port, { user, password: 'himitsu' }),
        await open(target.port, { user, password: 'himitsu' }),
      ];
      expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), 'INBOX.', '.'));
      await Promise.all([from.logout(), to.logout()]);
    }
  } finally {
    job.dispose();
  }
});

test('when none opens nothing is begun, and with the right passwords the same run goes on', async () => {
  const ports = { source: source.port, target: target.port };
  const job = jobBetween(ports, { accounts: accountsWith(['chigau', undefined]) });
  try {
    await expect(move(job)).rejects.toThrow(/hanako のパスワードがありません/);
    const right = { ...job, accounts: accountsWith(['himitsu', 'himitsu']) };
    expect(await move(right)).toMatchObject({ skipped: 0, unexplained: 0 });
  } finally {
    job.dispose();
  }
});

test('a list that is handed in anew, in another order and with another account, confuses no run', async () => {
  const job = jobBetween(
    { source: source.port, target: target.port },
    { accounts: accountsWith(['himitsu']) },
  );
  try {
    await takeMailInventory(job);
    const again = [{ user: 'jiro', targetUser: 'jiro' }, ...[...accountsWith(['himitsu', 'neu'])].reverse()];
    expect(await inPlannedOrder(job, again)).toEqual([
      expect.objectContaining({ user: 'taro', password: 'himitsu' }),
      expect.objectContaining({ user: 'hanako', password: 'neu' }),
    ]);
    expect(await inPlannedOrder(job, [])).toEqual([
      { user: 'taro', targetUser: 'taro' },
      { user: 'hanako', targetUser: 'hanako' },
    ]);
    expect(await inPlannedOrder({ ...job, run: 2 }, again)).toEqual(again);
  } finally {
    job.dispose();
  }
});
