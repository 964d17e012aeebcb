import { expect, test } from '@jest/globals';
import { listMailboxes } from '../../../functions/migration/mail/imap/list.ts';
import { encodeMailboxName } from '../../../functions/migration/mail/imap/modified-utf7.ts';
import { startDovecot } from '../../servers/dovecot.ts';
import { startFakeImap } from './fake-imap.ts';
import { letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

/** Ten times as many take ten times as long; CI's patience sets the number. */
const count = Number(process.env.MAIL_FOLDERS ?? 300);

test(`${count} folders with Japanese names are made and accounted for, and a second run makes none`, async () => {
  const target = await startDovecot({ more: 'mail_fsync = never' });
  const names = Array.from({ length: count }, (_, at) =>
    encodeMailboxName(`得意先${Math.floor(at / 50)}/案件 ${at}`),
  );
  const mailboxes = ['() "/" INBOX', ...names.map((name) => `() "/" "${name}"`)];
  const source = await startFakeImap({ mailboxes, messages: [{ uid: 1, body: letter(1) }] });
  const job = jobBetween({ source: source.port, target: target.port });
  const to = await open(target.port);
  try {
    expect(await move(job)).toMatchObject({ moved: count + 1, skipped: 0, unexplained: 0 });
    const made = (await listMailboxes(to)).filter((one) => !one.attributes.includes('\\nonexistent'));
    const there = new Set(made.map((one) => one.name));
    expect(names.filter((name) => !there.has(name))).toEqual([]);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      skipped: 0,
      unexplained: 0,
    });
  } finally {
    source.stop();
    job.dispose();
    await to.logout();
    await target.stop();
  }
}, 300_000);
