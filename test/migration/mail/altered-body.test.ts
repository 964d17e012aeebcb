import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { fill, letter } from './mailboxes.ts';
import { jobBetween, open, until } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const users = { taro: 'himitsu', hanako: 'himitsu' };
beforeAll(async () => {
  source = await startDovecot({ users });
  target = await startDovecot({ users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

/** Changes one letter of a stored mail behind the server's back; length, header and date (the file's time) stay. */
function alterStored(user: string, number: number): void {
  const maildir = join(target.home(user), 'Maildir');
  const files = ['cur', 'new'].flatMap((part) =>
    readdirSync(join(maildir, part)).map((name) => join(maildir, part, name)),
  );
  const file = files.find((name) => readFileSync(name).includes(`<${number}@example.jp>`))!;
  const bytes = readFileSync(file);
  const { atime, mtime } = statSync(file);
  const at = bytes.length - 10;
  bytes[at] = bytes[at] === 0x78 ? 0x79 : 0x78;
  writeFileSync(file, bytes);
  utimesSync(file, atime, mtime);
}

// A sample reads the first message of a folder again, and every twentieth after it.
test.each([
  ['sample', 'taro', [20]],
  ['full', 'hanako', [7, 20, 44]],
] as const)(
  'verification by %s reads contents again and finds what was altered',
  async (verify, user, found) => {
    const from = await open(source.port, { user, password: 'himitsu' });
    await fill(
      from,
      'INBOX',
      Array.from({ length: 45 }, (_, at) => ({ body: letter(at) })),
    );
    await from.logout();
    const accounts = [{ user, password: 'himitsu', targetUser: user }];
    const job = jobBetween({ source: source.port, target: target.port }, { accounts, options: { verify } });
    try {
      await until(() => takeMailInventory(job), 0);
      await until(() => copyMailChunk(job, { chunk: 0 }), 0);
      for (const number of [7, 20, 44]) alterStored(user, number);
      await until(() => verifyMail(job), 0);
      const summary = (await readSummary(job.objects, job))!;
      expect(summary.unexplained).toBe(found.length);
      const messages: MailLine[] = [];
      for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey))
        if (line.kind === 'message') messages.push(line);
      expect(messages).toHaveLength(45);
      for (const [number, line] of messages.entries()) {
        if (!(found as readonly number[]).includes(number)) expect(line.verified).toBe('match');
        else expect(line).toMatchObject({ verified: 'differs', remark: '移行先の内容が移行元と異なります' });
      }
    } finally {
      job.dispose();
    }
  },
);
