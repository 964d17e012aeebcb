import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { type FakeMessage, type FakeServer, startFakeImap } from './fake-imap.ts';
import { letter } from './mailboxes.ts';
import { inboxAt, jobBetween, move } from './move.ts';

let target: Dovecot;
let user = 0;
const users = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`taro${at}`, 'himitsu']));
beforeAll(async () => {
  target = await startDovecot({ users });
});
afterAll(() => target.stop());
beforeEach(() => {
  user++;
});

const messages: FakeMessage[] = Array.from({ length: 12 }, (_, at) => ({
  uid: 3 * at + 5,
  body: letter(at, 900 + 71 * at),
}));

function accounts() {
  return [{ user: 'source-user', password: 'geheim', targetUser: `taro${user}`, targetPassword: 'himitsu' }];
}

async function moveFrom(fake: FakeServer, idleMs = 10_000) {
  const source = await startFakeImap(fake);
  const job = jobBetween({ source: source.port, target: target.port }, { accounts: accounts(), idleMs });
  try {
    const summary = await move(job);
    const lines: MailLine[] = [];
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
    const there = await inboxAt(target.port, { user: `taro${user}`, password: 'himitsu' });
    return { summary, lines, there, skipped: lines.filter((line) => line.outcome === 'skipped') };
  } finally {
    source.stop();
    job.dispose();
  }
}

/** What stops the inventory, as staff read it. */
async function problemOf(fake: FakeServer, idleMs = 2000): Promise<Error> {
  const source = await startFakeImap(fake);
  const job = jobBetween({ source: source.port, target: target.port }, { accounts: accounts(), idleMs });
  try {
    return await takeMailInventory(job).then(
      () => new Error('no error'),
      (error: Error) => error,
    );
  } finally {
    source.stop();
    job.dispose();
  }
}

test('responses that are repeated, reordered and mixed with others do no harm', async () => {
  const arrange = (responses: Buffer[]) =>
    [...responses]
      .reverse()
      .flatMap((one) => [one, Buffer.from('* 3 FETCH (FLAGS (\\Seen))\r\n* 12 EXISTS\r\n'), one]);
  const { summary, there } = await moveFrom({ messages, arrange });
  expect(summary).toMatchObject({ moved: 12, skipped: 0, unexplained: 0 });
  expect(there).toHaveLength(12);
});

test('a literal of 10 GB is announced: that message is left out with the reason, the rest arrives', async () => {
  const fetch = ({ uid, body }: FakeMessage) =>
    uid === 14 ? Buffer.concat([Buffer.from(`* 4 FETCH (UID 14 BODY[] {10000000000}\r\n`), body]) : undefined;
  const { summary, there, skipped } = await moveFrom({ messages, fetch }, 1000);
  expect(summary).toMatchObject({ moved: 11, skipped: 1, unexplained: 0 });
  expect(there).toHaveLength(11);
  expect(skipped[0]).toMatchObject({ uid: 14, why: expect.stringContaining('10000000000') });
});

test.each([
  ['too long', 500],
  ['too short', -7],
])('a literal that is announced %s: that message is left out, the rest arrives', async (_, by) => {
  const fetch = ({ uid, body }: FakeMessage, usual: Buffer) =>
    uid === 14
      ? Buffer.concat([
          Buffer.from(`* 4 FETCH (UID 14 BODY[] {${body.length + by}}\r\n`),
          usual.subarray(usual.indexOf('\r\n') + 2),
        ])
      : undefined;
  const { summary, there, skipped } = await moveFrom({ messages, fetch }, 1000);
  expect(summary).toMatchObject({ moved: 11, skipped: 1, unexplained: 0 });
  expect(there).toHaveLength(11);
  expect(skipped[0]).toMatchObject({ uid: 14 });
});

test('a wrong RFC822.SIZE is no obstacle', async () => {
  const wrong = messages.map((message, at) => ({
    ...message,
    size: at % 2 ? message.body.length - 40 : 9_000_000,
  }));
  const { summary, there } = await moveFrom({ messages: wrong });
  expect(summary).toMatchObject({ moved: 12, unexplained: 0 });
  expect(there).toHaveLength(12);
});

test('BYE at any time: the next connection goes on', async () => {
  let left = 6;
  const answer = (command: string, _: string, socket: import('node:net').Socket) => {
    if (!/^(UID FETCH|EXAMINE)/i.test(command) || left-- <= 0) return undefined;
    setTimeout(() => socket.destroy(), 5);
    return '* BYE Server shutting down\r\n';
  };
  const { summary, there } = await moveFrom({ messages, answer });
  expect(summary).toMatchObject({ moved: 12, unexplained: 0 });
  expect(there).toHaveLength(12);
});

test('a message that goes between listing and reading is in the ledger', async () => {
  const here = [...messages];
  const answer = (command: string) => {
    if (/BODY\.PEEK/i.test(command) && here.length === 12) here.splice(3, 1);
    return undefined;
  };
  const { summary, skipped } = await moveFrom({ messages: here, answer });
  expect(summary).toMatchObject({ moved: 11, skipped: 1, unexplained: 0 });
  expect(skipped[0]).toMatchObject({ uid: 14, why: expect.stringContaining('なくなりました') });
});

test('folders named .., /etc/passwd and with NULs are mapped to names below the mailbox', async () => {
  const mailboxes = [
    '() "/" INBOX',
    '() "/" ".."',
    '() "/" "../../x"',
    '() "/" "/etc/passwd"',
    '() "/" "a\0b%*"',
  ];
  const { lines } = await moveFrom({ messages, mailboxes });
  const altered = lines.filter((line) => line.kind === 'mailbox' && line.outcome === 'altered');
  expect(altered).toHaveLength(4);
});

test.each<[string, FakeServer, RegExp, string]>([
  ['an endless line', { greeting: `* OK ${'x'.repeat(200_000)}` }, /65536/, 'ImapProtocolError'],
  ['a greeting that is none', { greeting: 'HTTP/1.1 400 Bad Request\r\n' }, /IMAP/, 'ImapProtocolError'],
  ['silence', { greeting: '* OK hello\r\n', answer: () => '' }, /応答しません/, 'TransientError'],
  ['BYE as a greeting', { greeting: '* BYE overloaded\r\n' }, /overloaded/, 'TransientError'],
  [
    'Exchange is throttled',
    {
      answer: (command, tag) =>
        /^LIST/.test(command)
          ? `${tag} NO Request is throttled. Suggested Backoff Time: 5000 milliseconds\r\n`
          : undefined,
    },
    /throttled/,
    'RetryAfterError',
  ],
  [
    'a LIST without end',
    { answer: (command) => (/^LIST/.test(command) ? '* LIST () "/" a\r\n'.repeat(100_002) : undefined) },
    /終わりません/,
    'ImapProtocolError',
  ],
  [
    'lists within lists',
    { answer: (command) => (/^LIST/.test(command) ? `* LIST ${'('.repeat(2000)}\r\n` : undefined) },
    /入れ子/,
    'ImapProtocolError',
  ],
  [
    'a password that is echoed',
    {
      answer: (command, tag) =>
        /^AUTHENTICATE/.test(command)
          ? `${tag} NO [AUTHENTICATIONFAILED] no: geheim ${command}\r\n`
          : undefined,
    },
    /ログインを断りました/,
    'AccountRefusedError',
  ],
  [
    'UIDs that are left out of the list',
    { messages, arrange: (responses) => responses.slice(1) },
    /一覧を最後まで/,
    'TransientError',
  ],
])('%s ends with a named error', async (_, fake, message, name) => {
  const error = await problemOf(fake);
  expect(error).toMatchObject({ name, message: expect.stringMatching(message) });
  for (const secret of ['geheim', Buffer.from('\0source-user\0geheim').toString('base64')]) {
    expect(error.message).not.toContain(secret);
  }
});
