import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isAgreedTarget } from '../../../functions/case/mail-targets.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const master = { user: 'kanri', password: 'kanri-himitsu', style: 'separator' as const };
beforeAll(async () => {
  source = await startDovecot({ users: { taro: 'himitsu', hanako: 'himitsu' } });
  target = await startDovecot({
    users: { 'taro@new.jp': 'a', 'victim@other.jp': 'b' },
    masters: { [master.user]: master.password },
  });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

test.each([
  ['taro@new.jp', true],
  ['Taro@NEW.jp', true],
  ['o’brien+x@new.jp', false],
  ["o'brien+x@new.jp", true],
  ['kyoyu', true],
  ['victim@other.jp', false],
  ['kyoyu@other.jp', false],
  ['taro@sub.new.jp', false],
  ['taro@new.jp.other.jp', false],
  ['victim@other.jp@new.jp', false],
  ['victim@other.jp*x@new.jp', false],
  ['victim*x@new.jp', false],
  ['../victim@new.jp', false],
  ['@new.jp', false],
  ['new.jp', true],
  ['', false],
])('an administrator may open %s: %s', (account, agreed) => {
  expect(isAgreedTarget({ targets: ['New.jp', 'kyoyu'] }, account)).toBe(agreed);
  expect(isAgreedTarget({ targets: [] }, account)).toBe(false);
});

test('a list that names another customer’s mailbox does not reach it by the administrator’s log-in', async () => {
  for (const user of ['taro', 'hanako']) {
    const from = await open(source.port, { user, password: 'himitsu' });
    await fill(from, 'INBOX', [{ body: letter(1) }, { body: letter(2) }]);
    await from.logout();
  }
  const accounts = [
    { user: 'taro', password: 'himitsu', targetUser: 'taro@new.jp' },
    { user: 'hanako', password: 'himitsu', targetUser: 'victim@other.jp' },
  ];
  const options = { targetMaster: master, targets: ['new.jp'] };
  const job = jobBetween({ source: source.port, target: target.port }, { accounts, options });
  try {
    const summary = await move(job);
    expect(summary).toMatchObject({ moved: 2, skipped: 1, unexplained: 0 });
    const lines: MailLine[] = [];
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
    expect(lines.find((line) => line.outcome === 'skipped')).toMatchObject({
      path: './hanako',
      why: expect.stringMatching(/victim@other\.jp .*移行先では開いていません/),
    });
    const [mine, victims] = [
      await open(target.port, { user: 'taro@new.jp', password: 'a' }),
      await open(target.port, { user: 'victim@other.jp', password: 'b' }),
    ];
    expect((await contents(mine)).INBOX).toHaveLength(2);
    expect((await contents(victims)).INBOX).toEqual([]);
    await Promise.all([mine.logout(), victims.logout()]);
  } finally {
    job.dispose();
  }
});
