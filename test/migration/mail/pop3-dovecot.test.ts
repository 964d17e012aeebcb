import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expunge } from '../../../functions/migration/mail/imap/expunge.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { type SelfSigned, selfSigned } from '../../servers/self-signed.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
let tls: SelfSigned;
const users = { taro: 'himitsu', hanako: 'himitsu', jiro: 'himitsu' };
beforeAll(async () => {
  tls = selfSigned('mail.example.jp');
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users, tls, pop3: true });
  target = await startDovecot({ users });
});
afterAll(async () => {
  await source?.stop();
  await target?.stop();
  tls?.remove();
});

const japanese = 'Subject: =?ISO-2022-JP?B?GyRCN29MPhsoQg==?=\r\n\r\n\x1b$B7oL>\x1b(B\r\n';
const bodies = [
  ...Array.from({ length: 40 }, (_, at) => letter(at, 200 + at * 500)),
  Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n...hidden\r\n.\r\nend\r\n'),
  Buffer.from(japanese, 'latin1'),
  Buffer.from([...Buffer.from('Subject: 8bit\r\n\r\n'), 0x93, 0xfa, 0x96, 0x7b, 0xff, 0x0d, 0x0a]),
  Buffer.from('no header at all\r\n'),
  letter(900, 3_000_000),
];

/** Hashes of all that lies in INBOX: POP3 knows neither marks nor dates. */
async function hashesOf(connection: Awaited<ReturnType<typeof open>>): Promise<string[]> {
  return ((await contents(connection)).INBOX ?? []).map((line) => line.slice(0, 64)).sort();
}

test.each([
  ['plain', 'taro'],
  ['starttls', 'hanako'],
  ['tls', 'jiro'],
] as const)(
  'a real POP3 server, %s: byte for byte, then by UIDL only what is new',
  async (security, user) => {
    const credentials = { user, password: 'himitsu' };
    const [from, to] = [await open(source.port, credentials), await open(target.port, credentials)];
    await fill(
      from,
      'INBOX',
      bodies.map((body) => ({ body })),
    );
    const port = security === 'tls' ? source.pop3TlsPort : source.pop3Port;
    let asked = '';
    const proxy = await startCuttingProxy(port, { note: (data) => (asked += data.toString('latin1')) });
    const options = {
      source: {
        protocol: 'pop3',
        host: '127.0.0.1',
        port: proxy.port,
        security,
        certificate: tls.fingerprint,
      },
    };
    const accounts = [{ ...credentials, targetUser: user }];
    const job = jobBetween({ source: 0, target: target.port }, { accounts, options });
    const encrypted = security !== 'plain';
    try {
      expect(await move(job)).toMatchObject({ moved: 0, altered: bodies.length, skipped: 0, unexplained: 0 });
      expect(await hashesOf(to)).toEqual(await hashesOf(from));
      expect(asked.includes('himitsu')).toBe(!encrypted);

      asked = '';
      const again = { ...job, run: 2, previousRun: 1 };
      expect(await move(again)).toMatchObject({ moved: 0, altered: 0, skipped: 0, unexplained: 0 });
      expect(asked).not.toMatch(/RETR/);

      await selectMailbox(from, 'INBOX', 'SELECT');
      await expunge(from, [1]);
      await fill(from, 'INBOX', [{ body: letter(500) }]);
      const third = { ...job, run: 3, previousRun: 2 };
      expect(await move(third)).toMatchObject({ moved: 0, altered: 1, skipped: 0, unexplained: 0 });
      // One was removed at the source and stays at the target; nothing was deleted at the source by us.
      expect(await hashesOf(from)).toHaveLength(bodies.length);
      expect(await hashesOf(to)).toEqual(expect.arrayContaining(await hashesOf(from)));
      expect(await hashesOf(to)).toHaveLength(bodies.length + 1);
      if (!encrypted) expect(asked.match(/RETR/g)).toHaveLength(1);
    } finally {
      job.dispose();
      proxy.stop();
      await Promise.all([from.logout(), to.logout()]);
    }
  },
);
