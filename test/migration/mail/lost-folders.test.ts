import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import { listMailboxes } from '../../../functions/migration/mail/imap/list.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { contents, fill, letter } from './mailboxes.ts';
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

const folders = ['Empty', 'Full', 'Left'];

/** Two folders go from the target after all was copied; returns the summary and the lines of the folders. */
async function verifyWithout(user: keyof typeof users, port = target.port) {
  const credentials = { user, password: 'himitsu' };
  const [from, to] = [await open(source.port, credentials), await open(target.port, credentials)];
  const job: MailJob & { dispose(): void } = jobBetween(
    { source: source.port, target: port },
    { accounts: [{ ...credentials, targetUser: user }] },
  );
  try {
    for (const name of folders) await fill(from, name, name === 'Full' ? [{ body: letter(1) }] : []);
    const taken = await until(() => takeMailInventory(job), 0);
    if (taken.more) throw new Error('The inventory did not end.');
    for await (const chunk of readLines<{ chunk: number }>(job.objects, taken.chunksKey))
      await until(() => copyMailChunk(job, chunk), 0);
    expect((await listMailboxes(to)).map((one) => one.name).sort()).toEqual([...folders, 'INBOX'].sort());
    for (const name of ['Empty', 'Full']) await to.run('DELETE', [` ${name}`]);
    await until(() => verifyMail(job), 0);
    const summary = (await readSummary(job.objects, job))!;
    const lines: MailLine[] = [];
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
    return { summary, lines, there: await contents(to), expected: await contents(from) };
  } finally {
    job.dispose();
    await Promise.all([from.logout(), to.logout()]);
  }
}

test('the verification sees that a folder is gone, with mail or without, and it comes again', async () => {
  const { summary, lines, there, expected } = await verifyWithout('taro');
  expect(summary).toMatchObject({ moved: 4, skipped: 0, unexplained: 0 });
  expect(lines.every((line) => line.verified === 'match')).toBe(true);
  expect(there).toEqual(expected);
});

test('one that the target refuses to make again is missing, without mail too, and does not stop the rest', async () => {
  let copied = false;
  const proxy = await startCuttingProxy(target.port, {
    // The copy makes them; later the command reads as none.
    note: (data) => {
      copied ||= data.includes(' APPEND ');
      for (const name of ['Empty', 'Full']) {
        const at = data.indexOf(`CREATE "${name}"`);
        if (copied && at >= 0) data.write('CREATX', at);
      }
    },
  });
  try {
    const { summary, lines, there, expected } = await verifyWithout('hanako', proxy.port);
    expect(summary).toMatchObject({ moved: 1, skipped: 0, unexplained: 3 });
    const missing = lines.filter((line) => line.verified === 'missing');
    expect(missing.map((line) => line.path)).toEqual(['./hanako/Empty', './hanako/Full', './hanako/Full/1']);
    for (const { remark } of missing)
      expect(remark).toMatch(/移行先にフォルダがありません.*断られました: \S/);
    expect(Object.keys(there).sort()).toEqual(['INBOX', 'Left']);
    expect(there.Left).toEqual(expected.Left);
  } finally {
    proxy.stop();
  }
});
