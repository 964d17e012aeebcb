import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sha256 } from '../../../functions/migration/mail/canonical.ts';
import { listMailboxes } from '../../../functions/migration/mail/imap/list.ts';
import { readableName } from '../../../functions/migration/mail/imap/mailbox-name.ts';
import { secondsOf } from '../../../functions/migration/mail/lines.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';
import { type Dialect, Utf8Imap } from './utf8-imap.ts';

let dovecot: Dovecot;
const users = { taro: 'himitsu', hanako: 'himitsu', jiro: 'himitsu', saburo: 'himitsu' };
beforeAll(async () => {
  dovecot = await startDovecot({ users });
});
afterAll(() => dovecot.stop());

const date = '02-Jan-2020 03:04:05 +0900';
const address = 'From: =?UTF-8?Q?x?= <太郎@例え.jp>\r\nSubject: 件名 🗻\r\n\r\n本文\r\n';
const mail: Record<string, { body: Buffer; flags: string[] }[]> = {
  INBOX: [
    { body: letter(1, 500), flags: ['\\Seen'] },
    { body: letter(2, 50_000), flags: ['\\Flagged', 'kyaku'] },
    { body: letter(3, 3_000_000), flags: [] },
  ],
  '顧客/見積もり 🗻': [{ body: Buffer.from(address), flags: [] }],
  // In modified UTF-7 this would read `A&B`, and the next one is a letter with an accent.
  'A&-B': [{ body: letter(4), flags: [] }],
  'R&AOk-sum&AOk-': [{ body: letter(5), flags: ['\\Answered'] }],
  空: [],
};
const summed = Object.values(mail).flat().length;

/** As `contents` says it. */
function kept({ folders }: Utf8Imap): Record<string, string[]> {
  return Object.fromEntries(
    [...folders].map(([name, { messages }]) => [
      name,
      messages
        .map(({ body, flags, date }) => `${sha256(body)} ${[...flags].sort().join(' ')} ${secondsOf(date)}`)
        .sort(),
    ]),
  );
}

const subscribedAt = ({ folders }: Utf8Imap) =>
  [...folders]
    .filter(([, { subscribed }]) => subscribed)
    .map(([name]) => name)
    .sort();

const dialects: [Dialect, string, keyof typeof users, keyof typeof users][] = [
  ['UTF8=ONLY', 'UTF8=ACCEPT', 'taro', 'hanako'],
  ['IMAP4rev2', 'IMAP4rev2', 'jiro', 'saburo'],
];

test.each(dialects)('a source that speaks %s: names are UTF-8 there', async (dialect, enabled, user) => {
  const source = await new Utf8Imap(dialect).start();
  for (const [name, messages] of Object.entries(mail)) {
    source.folders.set(name, { subscribed: name !== 'INBOX', messages: [] });
    for (const { body, flags } of messages) source.store(name, body, flags, date);
  }
  const accounts = [{ user, password: 'himitsu', targetUser: user }];
  const job = jobBetween({ source: source.port, target: dovecot.port }, { accounts });
  const to = await open(dovecot.port, { user, password: 'himitsu' });
  try {
    expect(await move(job)).toMatchObject({ moved: summed + 4, altered: 0, skipped: 0, unexplained: 0 });
    expect(await contents(to)).toEqual(kept(source));
    const subscribed = (await listMailboxes(to)).filter((one) => one.subscribed);
    expect(subscribed.map((one) => readableName(to, one.name)).sort()).toEqual(subscribedAt(source));
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ moved: 0, unexplained: 0 });
    expect(source.faults).toEqual([]);
    expect(new Set(source.enabled)).toEqual(new Set([enabled]));
  } finally {
    source.stop();
    job.dispose();
    await to.logout();
  }
});

test.each(dialects)('a target that speaks %s: folders and mail are given in its way', async (...args) => {
  const [dialect, enabled, , user] = args;
  const target = await new Utf8Imap(dialect).start();
  const from = await open(dovecot.port, { user, password: 'himitsu' });
  const accounts = [{ user, password: 'himitsu', targetUser: user }];
  const job = jobBetween({ source: dovecot.port, target: target.port }, { accounts });
  try {
    for (const [name, messages] of Object.entries(mail))
      await fill(
        from,
        name,
        messages.map((one) => ({ ...one, date })),
      );
    expect(await move(job)).toMatchObject({ moved: summed + 4, altered: 0, skipped: 0, unexplained: 0 });
    expect(kept(target)).toEqual(await contents(from));
    expect(subscribedAt(target)).toEqual(
      Object.keys(mail)
        .filter((name) => name !== 'INBOX')
        .sort(),
    );
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ moved: 0, unexplained: 0 });
    // Nobody remembers: what is there is looked for by its content, and nothing comes twice.
    expect(await move({ ...job, run: 5 })).toMatchObject({ moved: 0, unexplained: 0 });
    expect(kept(target)).toEqual(await contents(from));
    expect(target.faults).toEqual([]);
    expect(new Set(target.enabled)).toEqual(new Set([enabled]));
  } finally {
    target.stop();
    job.dispose();
    await from.logout();
  }
});
