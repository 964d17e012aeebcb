import { expect, test } from '@jest/globals';
import { expunge } from '../../../functions/migration/mail/imap/expunge.ts';
import { fetchBodies, fetchLarge } from '../../../functions/migration/mail/imap/fetch-bodies.ts';
import { selectMailbox, staySelected } from '../../../functions/migration/mail/imap/select.ts';
import { ImapSource } from '../../../functions/migration/mail/imap-source.ts';
import { type FakeMessage, type FakeServer, startFakeImap } from './fake-imap.ts';
import { startFakePop3 } from './fake-pop3.ts';
import { fill, letter } from './mailboxes.ts';
import { inboxAt, jobBetween, ledgerOf, move, open } from './move.ts';
import { twoServers } from './two-servers.ts';

const users = ['refused', 'nil', 'silent', 'pop3', 'expunged', 'shrinking'];
const servers = twoServers({ users: Object.fromEntries(users.map((name) => [name, 'himitsu'])) });

const messages: FakeMessage[] = Array.from({ length: 12 }, (_, at) => ({
  uid: 3 * at + 5,
  body: letter(at, 900 + 71 * at),
}));
const bad = 14;

/** Whether a command asks for the body of the bad one. */
const asksForBad = (command: string) =>
  /^UID FETCH (\S+) .*BODY\.PEEK/.exec(command)?.[1]?.split(',').includes(String(bad)) ?? false;

test.each<[string, FakeServer, RegExp]>([
  [
    'refused',
    {
      answer: (command, tag) =>
        asksForBad(command) ? `${tag} NO [SERVERBUG] Cannot open message file\r\n` : undefined,
    },
    /読み取りを断りました: Cannot open message file/,
  ],
  [
    'nil',
    { fetch: ({ uid }) => (uid === bad ? Buffer.from(`* 4 FETCH (UID ${uid} BODY[] NIL)\r\n`) : undefined) },
    /本文を返しません/,
  ],
  [
    'silent',
    { fetch: ({ uid }) => (uid === bad ? Buffer.from('* OK nothing of that one\r\n') : undefined) },
    /本文を返しません/,
  ],
])(
  'a mail that the source has and does not give (%s) is left out with the reason, the rest arrives',
  async (user, fake, why) => {
    const source = await startFakeImap({ messages, ...fake });
    const accounts = [{ user, password: 'himitsu', targetUser: user }];
    const job = jobBetween({ source: source.port, target: servers.target.port }, { accounts });
    try {
      const summary = await move(job);
      expect(summary).toMatchObject({ moved: 11, skipped: 1, unexplained: 0 });
      const lines = await ledgerOf(job);
      expect(lines.filter((line) => line.outcome === 'skipped')).toMatchObject([
        { uid: bad, why: expect.stringMatching(why) },
      ]);
      expect(await inboxAt(servers.target.port, { user, password: 'himitsu' })).toHaveLength(11);
    } finally {
      source.stop();
      job.dispose();
    }
  },
);

test('a mail that a POP3 server refuses to give is left out with its words, and not said to be gone', async () => {
  const mail = Array.from({ length: 6 }, (_, at) => ({ uidl: `id-${at}`, body: letter(at, 1500) }));
  const source = await startFakePop3(mail, (command) =>
    command === 'RETR 3' ? '-ERR [SYS/PERM] message file is damaged\r\n' : undefined,
  );
  const accounts = [{ user: 'taro', password: 'himitsu', targetUser: 'pop3' }];
  const options = { source: { protocol: 'pop3', host: '127.0.0.1', port: source.port, security: 'plain' } };
  const job = jobBetween({ source: source.port, target: servers.target.port }, { accounts, options });
  try {
    const summary = await move(job);
    expect(summary).toMatchObject({ altered: 5, skipped: 1, unexplained: 0 });
    const lines = await ledgerOf(job);
    const [skipped] = lines.filter((line) => line.outcome === 'skipped');
    expect(skipped?.why).toContain('message file is damaged');
  } finally {
    source.stop();
    job.dispose();
  }
});

test('a mail that somebody removes while its folder is open is gone, not empty (Dovecot says NIL and OK)', async () => {
  const credentials = { user: 'expunged', password: 'himitsu' };
  const [reader, other] = [
    await open(servers.source.port, credentials),
    await open(servers.source.port, credentials),
  ];
  try {
    await fill(
      other,
      'INBOX',
      [1, 2, 3, 4, 5].map((number) => ({ body: letter(number) })),
    );
    await selectMailbox(reader, 'INBOX', 'EXAMINE');
    await selectMailbox(other, 'INBOX', 'SELECT');
    await expunge(other, [3, 4]);
    const taken: number[] = [];
    const gone = await fetchBodies(reader, [[1, 2], [3], [5]], (uid, body) => {
      expect(body).toEqual(letter(uid));
      taken.push(uid);
    });
    expect({ taken, gone: [...gone] }).toEqual({ taken: [1, 2, 5], gone: [3] });
    expect(await fetchLarge(reader, 4, async () => {})).toBe(false);
    // The numbers of the others are new ones.
    expect((await staySelected(reader, 'INBOX', 'EXAMINE')).exists).toBe(3);
  } finally {
    await reader.logout();
    await other.logout();
  }
});

test('a folder that shrinks while it is listed is listed again, and nothing is passed over', async () => {
  const credentials = { user: 'shrinking', password: 'himitsu' };
  const other = await open(servers.source.port, credentials);
  const reader = await open(servers.source.port, credentials);
  const source = new ImapSource(reader);
  const uids = async (after: number) => {
    const listed: number[] = [];
    for await (const window of source.list(after)) listed.push(...window.map(({ uid }) => uid));
    return listed;
  };
  try {
    await fill(
      other,
      'INBOX',
      [1, 2, 3, 4, 5, 6].map((number) => ({ body: letter(number) })),
    );
    await source.open('INBOX');
    await selectMailbox(other, 'INBOX', 'SELECT');
    await expunge(other, [2]);
    // As many as there were: only that one was removed tells that the numbers are others.
    await fill(other, 'INBOX', [{ body: letter(7) }]);
    await expect(uids(3)).rejects.toMatchObject({ name: 'TransientError' });
    await source.open('INBOX');
    expect(await uids(3)).toEqual([4, 5, 6, 7]);
    expect(await uids(0)).toEqual([1, 3, 4, 5, 6, 7]);
  } finally {
    await reader.logout();
    await other.logout();
  }
});
