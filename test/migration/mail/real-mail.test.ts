import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { identify } from '../../../functions/migration/mail/canonical.ts';
import { fetchBodies } from '../../../functions/migration/mail/imap/fetch-bodies.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startFakeImap } from './fake-imap.ts';
import { bare, contents, fill } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';
import { realMail } from './real-mail.ts';

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

test('real mail arrives byte for byte, in each folder that has it, and once however often the move is run', async () => {
  const from = await open(source.port);
  const seeds = Object.values(realMail).map((body) => ({
    body,
    flags: ['\\Seen', '\\Answered'],
    date: '29-Feb-2004 23:59:59 +0900',
  }));
  await fill(from, 'INBOX', seeds);
  await fill(from, 'INBOX.控え', seeds);
  const to = await open(target.port);
  const job = jobBetween({ source: source.port, target: target.port });
  // Nobody remembers the first run: what is there is known by its content alone.
  const forgetful = jobBetween({ source: source.port, target: target.port });
  try {
    const count = 2 * seeds.length;
    expect(await move(job)).toMatchObject({ moved: count + 1, altered: 0, skipped: 0, unexplained: 0 });
    const expected = bare(await contents(from), 'INBOX.', '.');
    expect(bare(await contents(to), '', '/')).toEqual(expected);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ moved: 0, unexplained: 0 });
    expect(await move(forgetful)).toMatchObject({ moved: 0, unchanged: count + 3, unexplained: 0 });
    expect(bare(await contents(to), '', '/')).toEqual(expected);
  } finally {
    job.dispose();
    forgetful.dispose();
    await from.logout();
    await to.logout();
  }
});

test('NUL, bare LF and doubled CR: what the target alters is said in the ledger, and a second run adds nothing', async () => {
  const bodies = ['a\0b\r\n', 'bare\nline\nends\n', 'double\r\r\nreturn\r\n'].map(
    (body) => `Subject: odd\r\n\r\n${body}`,
  );
  const fake = await startFakeImap({
    messages: [...bodies, 'Subject: plain\r\n\r\nplain\r\n'].map((body, at) => ({
      uid: at + 1,
      body: Buffer.from(body),
    })),
  });
  const account = { user: 'x', password: 'y', targetUser: 'hanako', targetPassword: 'himitsu' };
  const job = jobBetween({ source: fake.port, target: target.port }, { accounts: [account] });
  const forgetful = jobBetween({ source: fake.port, target: target.port }, { accounts: [account] });
  const to = await open(target.port, { user: 'hanako', password: 'himitsu' });
  try {
    const summary = await move(job);
    expect(summary).toMatchObject({ moved: 1, altered: 3, skipped: 0, unexplained: 0 });
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) {
      if (line.outcome === 'altered') expect(line.how).toMatch(/改行またはNUL/);
    }
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      altered: 0,
      unexplained: 0,
    });
    expect(await move(forgetful)).toMatchObject({ moved: 0, unexplained: 0 });
    expect((await contents(to)).INBOX).toHaveLength(4);
  } finally {
    fake.stop();
    job.dispose();
    forgetful.dispose();
    await to.logout();
  }
});

test('mails that people and programs have really sent, as a library of Ruby collected them: each arrives once, as far as the target keeps bytes', async () => {
  const lines = readFileSync(join(import.meta.dirname, 'corpus/mails.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  const mails = lines.map((line) => Buffer.from((JSON.parse(line) as { base64: string }).base64, 'base64'));
  const fake = await startFakeImap({ messages: mails.map((body, at) => ({ uid: at + 1, body })) });
  const account = { user: 'x', password: 'y', targetUser: 'jiro', targetPassword: 'himitsu' };
  const job = jobBetween({ source: fake.port, target: target.port }, { accounts: [account] });
  const to = await open(target.port, { user: 'jiro', password: 'himitsu' });
  try {
    const summary = await move(job);
    expect(summary).toMatchObject({ skipped: 0, unexplained: 0 });
    expect(summary.moved + summary.altered).toBe(mails.length);
    const arrived: Buffer[] = [];
    await selectMailbox(to, 'INBOX', 'EXAMINE');
    await fetchBodies(to, [mails.map((_, at) => at + 1)], (_, body) => void arrived.push(Buffer.from(body)));
    const exact = new Set(arrived.map((body) => body.toString('base64')));
    expect(mails.filter((body) => !exact.has(body.toString('base64')))).toHaveLength(summary.altered);
    const alike = async (bodies: Buffer[]) =>
      (await Promise.all(bodies.map(async (body) => (await identify([body])).canonicalSha256))).sort();
    expect(await alike(arrived)).toEqual(await alike(mails));
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      altered: 0,
      unexplained: 0,
    });
  } finally {
    fake.stop();
    job.dispose();
    await to.logout();
  }
});
