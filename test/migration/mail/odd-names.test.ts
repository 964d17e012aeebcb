import { expect, test } from '@jest/globals';
import { append } from '../../../functions/migration/mail/imap/append.ts';
import { createMailbox } from '../../../functions/migration/mail/imap/create.ts';
import {
  decodeMailboxName,
  encodeMailboxName,
} from '../../../functions/migration/mail/imap/modified-utf7.ts';
import { startFakeImap } from './fake-imap.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, ledgerOf, move, open } from './move.ts';
import { belowInbox, twoServers } from './two-servers.ts';

const users = Object.fromEntries(['names', 'case', 'deep', 'later', 'list'].map((name) => [name, 'himitsu']));
const servers = twoServers({ users, source: belowInbox });

async function between(user: string, port = servers.source.port) {
  const credentials = { user, password: 'himitsu' };
  const accounts = [{ ...credentials, targetUser: user }];
  const to = await open(servers.target.port, credentials);
  const job = jobBetween({ source: port, target: servers.target.port }, { accounts });
  return { credentials, to, job };
}

test('names with wildcards, quotes, backslashes, spaces, in other cases and forms: each folder by itself, and a second run adds nothing', async () => {
  const { credentials, to, job } = await between('names');
  const from = await open(servers.source.port, credentials);
  const names =
    'a%b|a*b|a"b|a\\b|a&b|Work|work|が|か\u3099| lead|trail |NIL|(p)|{3}|Inbox|~x|x/y|Sent|送信済み'.split(
      '|',
    );
  try {
    await fill(to, 'Sent', []);
    const made: string[] = [];
    for (const [at, name] of names.entries()) {
      const wire = `INBOX.${encodeMailboxName(name)}`;
      // Dovecot has no `~x` and `x/y` either.
      if ((await createMailbox(from, wire)) !== undefined) continue;
      await append(from, wire, [{ body: letter(at), flags: [], date: '', eight: false }]);
      made.push(name);
    }
    expect(made.length).toBeGreaterThanOrEqual(17);
    expect(await move(job)).toMatchObject({ skipped: 0, unexplained: 0 });
    const there = await contents(to);
    expect(there).toMatchObject({ Sent: [expect.anything()], 送信済み: [expect.anything()] });
    for (const [name, mails] of Object.entries(there))
      expect([name, mails.length]).toEqual([name, name === 'INBOX' ? 0 : 1]);
    expect(Object.keys(there)).toHaveLength(made.length + 1);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      skipped: 0,
      unexplained: 0,
    });
    expect(await contents(to)).toEqual(there);
  } finally {
    job.dispose();
    await from.logout();
    await to.logout();
  }
});

test('a path that is too long for the target as a whole gets one level of its own, in every run the same', async () => {
  const level = (at: number) => `${'得意先とのやりとり'.repeat(3)}${at}`;
  const path = [1, 2, 3, 4].map(level);
  const wires = path.map((_, at) => encodeMailboxName(path.slice(0, at + 1).join('/')));
  // Maildir++ has 255 bytes for all of it.
  expect(wires.at(-1)!.length).toBeGreaterThan(255);
  const source = await startFakeImap({
    mailboxes: ['() "/" INBOX', ...wires.map((wire) => `() "/" "${wire}"`)],
    messages: [{ uid: 1, body: letter(1) }],
    // The same mail in all of them.
    answer: (command, tag) =>
      /^(EXAMINE|STATUS) "[^I]/.test(command)
        ? `${command.startsWith('STATUS') ? `* ${command.replace(/\(.*/, '(MESSAGES 1 UIDNEXT 2 UIDVALIDITY 77)')}` : '* 1 EXISTS\r\n* OK [UIDVALIDITY 77] valid'}\r\n${tag} OK done\r\n`
        : undefined,
  });
  const { to, job } = await between('deep', source.port);
  try {
    expect(await move(job)).toMatchObject({ skipped: 0, unexplained: 0 });
    const there = await contents(to);
    expect(Object.values(there).map((mails) => mails.length)).toEqual([1, 1, 1, 1, 1]);
    const altered = (await ledgerOf(job)).filter(
      ({ kind, outcome }) => kind === 'mailbox' && outcome === 'altered',
    );
    expect(altered.at(-1)?.how).toMatch(/^移行先でのフォルダ名: 得意先[^/]+-[0-9a-f]{8}$/);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      skipped: 0,
      unexplained: 0,
    });
    expect(await contents(to)).toEqual(there);
  } finally {
    source.stop();
    job.dispose();
    await to.logout();
  }
});

test('a folder for sent mail that somebody’s mail program makes at the target between two runs takes no mail from its place', async () => {
  const { credentials, to, job } = await between('later');
  const from = await open(servers.source.port, credentials);
  try {
    await fill(from, 'INBOX.送信済み', [{ body: letter(1) }]);
    await move(job);
    await fill(to, 'Sent', []);
    await fill(from, 'INBOX.送信済み', [{ body: letter(2) }]);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 1,
      skipped: 0,
      unexplained: 0,
    });
    expect(await contents(to)).toMatchObject({ Sent: [], 送信済み: [expect.anything(), expect.anything()] });
  } finally {
    job.dispose();
    await from.logout();
    await to.logout();
  }
});

test('a LIST with literals, quoted specials, no separator and parents that do not exist', async () => {
  const source = await startFakeImap({
    mailboxes: [
      '() "/" inbox',
      '() "/" {6}\r\nreport',
      '(\\HasNoChildren) "/" "say \\"hi\\" \\\\o/"',
      '() NIL flat',
      '(\\NonExistent \\HasChildren) "/" parent',
      '() "/" "parent/child"',
      '(\\Noselect) "/" ""',
    ],
  });
  const { to, job } = await between('list', source.port);
  try {
    expect(await move(job)).toMatchObject({ skipped: 1, unexplained: 0 });
    const there = Object.keys(await contents(to)).map(decodeMailboxName);
    expect(there.sort()).toEqual(['INBOX', 'flat', 'parent/child', 'report', 'say "hi" _o/_']);
  } finally {
    source.stop();
    job.dispose();
    await to.logout();
  }
});
