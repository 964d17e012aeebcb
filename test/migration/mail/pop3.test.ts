import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { everything, fetchList } from '../../../functions/migration/mail/imap/fetch-list.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { statusOf } from '../../../functions/migration/mail/imap/status.ts';
import { type MailLine, secondsOf } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startFakePop3 } from './fake-pop3.ts';
import { letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let target: Dovecot;
beforeAll(async () => {
  target = await startDovecot({ users: { taro: 'himitsu', hanako: 'himitsu', jiro: 'himitsu' } });
});
afterAll(() => target.stop());

const pop3 = (port: number) => ({
  options: { source: { protocol: 'pop3', host: '127.0.0.1', port, security: 'plain' } },
});

test('a source that has POP3 only: every message once, new ones by their UIDL, nothing deleted', async () => {
  const messages = Array.from({ length: 30 }, (_, at) => ({ uidl: `id-${at}`, body: letter(at, 1500) }));
  messages[4] = { uidl: 'dots', body: Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\nend\r\n') };
  messages[5] = { uidl: 'big', body: letter(99, 6_000_000) };
  const source = await startFakePop3(messages);
  const job = jobBetween({ source: source.port, target: target.port }, pop3(source.port));
  const to = await open(target.port);
  try {
    expect(await move(job)).toMatchObject({ moved: 0, altered: 30, skipped: 0, unexplained: 0 });
    messages.shift();
    messages.push({ uidl: 'new', body: letter(500) });
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      altered: 1,
      unchanged: 31,
      unexplained: 0,
    });
    const there = await statusOf(to, ['INBOX']);
    expect(there[0]?.messages).toBe(31);
    expect(source.commands.filter((command) => /^DELE/.test(command))).toEqual([]);
  } finally {
    job.dispose();
    source.stop();
    await to.logout();
  }
});

/** How it is dated, and the instant that the target must have; without: the moment of the move. */
const dates: [name: string, header: string, field: string, instant?: string][] = [
  [
    'the topmost Received counts, folded and with comments',
    'Return-Path: <a@example.jp>\r\nReceived: from mx (mx [192.0.2.1]; ok)\r\n\tby mail for <taro@example.jp>;\r\n\tThu, 05 May 2011 12:34:56 +0900 (JST)\r\nReceived: by other; Wed, 04 May 2011 01:00:00 +0900\r\nDate: Wed, 04 May 2011 00:00:00 +0900',
    'Received',
    '2011-05-05T03:34:56Z',
  ],
  [
    'qmail writes it so',
    'Received: (qmail 31 invoked by alias); 5 May 2011 03:34:56 -0000',
    'Received',
    '2011-05-05T03:34:56Z',
  ],
  ['Date where nothing was received', 'date: 21 Nov 97 09:55:06 PST', 'Date', '1997-11-21T17:55:06Z'],
  [
    'Date where Received is nonsense',
    'Received: by mail; some day\r\nDate: 5 May 2011 12:34 +0900',
    'Date',
    '2011-05-05T03:34:00Z',
  ],
  [
    'Date where Received is in the future',
    'Received: by mail; 5 May 2199 12:34:56 +0900\r\nDate: 5 May 2011 12:34 +0900',
    'Date',
    '2011-05-05T03:34:00Z',
  ],
  ['neither: before 1970', 'Date: 31 Dec 1969 23:59:59 +0000', '読み取れない'],
  ['neither: in the body only', 'Subject: x\r\n\r\nDate: 5 May 2011 12:34 +0900', '読み取れない'],
  ['neither: no header at all', 'hello\r\nDate: 5 May 2011 12:34 +0900', '読み取れない'],
  ['neither: behind 64 KiB', `${'X: y\r\n'.repeat(11_000)}Date: 5 May 2011 12:34 +0900`, '読み取れない'],
];

/** What a run recorded and what the target has, in the order of the messages. */
async function datesAfter(job: ReturnType<typeof jobBetween>, user: string) {
  const summary = await move(job);
  const to = await open(target.port, { user, password: 'himitsu' });
  const there = new Map<number, number | undefined>();
  await selectMailbox(to, 'INBOX', 'EXAMINE');
  await fetchList(to, 'FETCH', '1:*', everything, ({ uid, date }) => {
    there.set(uid, secondsOf(date));
  });
  await to.logout();
  const lines: (MailLine & { instant: number | undefined })[] = [];
  for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey))
    if (line.kind === 'message') lines.push({ ...line, instant: there.get(line.target!) });
  return { summary, lines, count: there.size };
}

test('POP3 tells no date of arrival: it is taken from the header, and the ledger says from where', async () => {
  const began = Math.floor(Date.now() / 1000) - 1;
  const messages = dates.map(([name, header], at) => ({
    uidl: `date-${at}`,
    body: Buffer.from(`${header}\r\nSubject: ${name.length}-${at}\r\n\r\nbody\r\n`),
  }));
  const [, header] = dates[0]!;
  messages.push({
    uidl: 'large',
    body: Buffer.concat([Buffer.from(`${header}\r\n`), letter(7, 5_000_000)]),
  });
  const source = await startFakePop3(messages);
  const accounts = [{ user: 'taro', password: 'himitsu', targetUser: 'jiro' }];
  const job = jobBetween({ source: source.port, target: target.port }, { ...pop3(source.port), accounts });
  try {
    const { summary, lines } = await datesAfter(job, 'jiro');
    expect(summary).toMatchObject({ moved: 0, altered: messages.length, skipped: 0, unexplained: 0 });
    const bySize = new Map(lines.map((line) => [line.size, line]));
    expect(bySize.size).toBe(messages.length);
    for (const [at, { body }] of messages.entries()) {
      const [, , field, instant] = dates[at] ?? dates[0]!;
      const line = bySize.get(body.length)!;
      expect(line).toMatchObject({
        outcome: 'altered',
        verified: 'match',
        how: expect.stringContaining(field),
      });
      if (instant) expect(line.instant).toBe(Date.parse(instant) / 1000);
      else expect(line.instant).toBeGreaterThanOrEqual(began);
    }
    const again = await datesAfter({ ...job, run: 2, previousRun: 1 } as typeof job, 'jiro');
    expect(again.summary).toMatchObject({ moved: 0, altered: 0, skipped: 0, unexplained: 0 });
    expect(again.lines.every((line) => line.verified === 'match')).toBe(true);
    // Nobody remembers the first run: the mails are known by their content, and none comes twice.
    const forgetful = { ...job, run: 7 } as typeof job;
    const third = await datesAfter(forgetful, 'jiro');
    expect(third.summary).toMatchObject({ moved: 0, altered: 0, skipped: 0, unexplained: 0 });
    expect(third.count).toBe(messages.length);
  } finally {
    job.dispose();
    source.stop();
  }
});

test('a wrong password is said without it', async () => {
  const source = await startFakePop3([]);
  const accounts = [{ user: 'taro', password: 'geheim', targetUser: 'taro', targetPassword: 'himitsu' }];
  const job = jobBetween({ source: source.port, target: target.port }, { ...pop3(source.port), accounts });
  try {
    const error: Error = await takeMailInventory(job).then(
      () => new Error('accepted'),
      (error) => error,
    );
    expect(error).toMatchObject({
      name: 'AccountRefusedError',
      message: expect.stringMatching(/ログインを断りました/),
    });
    expect(error.message).not.toContain('geheim');
  } finally {
    job.dispose();
    source.stop();
  }
});

test('a mailbox that another session has open is waited for', async () => {
  const source = await startFakePop3([], (command) =>
    command.startsWith('PASS') ? '-ERR [IN-USE] Mailbox is locked\r\n' : undefined,
  );
  const job = jobBetween({ source: source.port, target: target.port }, pop3(source.port));
  try {
    await expect(takeMailInventory(job)).rejects.toMatchObject({ name: 'RetryAfterError' });
  } finally {
    job.dispose();
    source.stop();
  }
});
