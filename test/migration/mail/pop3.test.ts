import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { statusOf } from '../../../functions/migration/mail/imap/status.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startFakePop3 } from './fake-pop3.ts';
import { letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let target: Dovecot;
beforeAll(async () => {
  target = await startDovecot();
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
    expect(await move(job)).toMatchObject({ moved: 30, altered: 0, skipped: 0, unexplained: 0 });
    messages.shift();
    messages.push({ uidl: 'new', body: letter(500) });
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 1,
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
  const source = await startFakePop3([], '-ERR [IN-USE] Mailbox is locked\r\n');
  const job = jobBetween({ source: source.port, target: target.port }, pop3(source.port));
  try {
    await expect(takeMailInventory(job)).rejects.toMatchObject({ name: 'RetryAfterError' });
  } finally {
    job.dispose();
    source.stop();
  }
});
