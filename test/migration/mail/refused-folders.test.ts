import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import { createMailbox } from '../../../functions/migration/mail/imap/create.ts';
import { encodeMailboxName } from '../../../functions/migration/mail/imap/modified-utf7.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, ledgerOf, move, open, until } from './move.ts';
import { twoServers } from './two-servers.ts';

const names = ['closed', 'renamed', 'listed', 'copied', 'parent'];
const servers = twoServers({ users: Object.fromEntries(names.map((name) => [name, 'himitsu'])) });

async function between(user: string) {
  const credentials = { user, password: 'himitsu' };
  const accounts = [{ ...credentials, targetUser: user }];
  const { source, target } = servers;
  return {
    from: await open(source.port, credentials),
    to: await open(target.port, credentials),
    job: jobBetween({ source: source.port, target: target.port }, { accounts }),
  };
}

async function endOf({ from, to, job }: Awaited<ReturnType<typeof between>>): Promise<void> {
  job.dispose();
  await from.logout();
  await to.logout();
}

/** As move, with something that happens between two of its steps. */
async function moveWith(
  job: MailJob,
  between: { listed?: () => Promise<void> | void; copied?: () => Promise<void> | void },
) {
  const taken = await until(() => takeMailInventory(job), 0);
  if (taken.more) throw new Error('The inventory did not end.');
  await between.listed?.();
  for await (const chunk of readLines<{ chunk: number }>(job.objects, taken.chunksKey))
    await until(() => copyMailChunk(job, chunk), 0);
  await between.copied?.();
  await until(() => verifyMail(job), 0);
  return (await readSummary(job.objects, job))!;
}

test('a folder that the source does not open is in the ledger, the others move, and the next run moves it', async () => {
  const all = await between('closed');
  const { from, to, job } = all;
  const folder = join(servers.source.home('closed'), 'Maildir', '.shut');
  try {
    await fill(from, 'INBOX', [{ body: letter(1) }]);
    await fill(from, 'shut', [{ body: letter(2) }, { body: letter(3) }]);
    await fill(from, 'then', [{ body: letter(4) }]);
    closeTo(folder);
    expect(await move(job)).toMatchObject({ skipped: 1, unexplained: 0 });
    const skipped = (await ledgerOf(job)).filter((line) => line.outcome === 'skipped');
    expect(skipped).toMatchObject([{ path: './closed/shut', kind: 'mailbox' }]);
    expect(skipped[0]?.why).toMatch(/開かないか、一覧を返しません: .+次?.*差分移行で移ります/);
    openAgain(folder);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 2,
      skipped: 0,
      unexplained: 0,
    });
    expect(await contents(to)).toEqual(await contents(from));
  } finally {
    openAgain(folder);
    await endOf(all);
  }
});

test('a folder that is renamed at the source while it is moved stops nothing, and the next run moves it', async () => {
  const all = await between('renamed');
  const { from, to, job } = all;
  try {
    await fill(from, 'INBOX', [{ body: letter(1) }]);
    await fill(from, 'before', [{ body: letter(2) }, { body: letter(3) }]);
    const listed = async () => void (await from.run('RENAME', [' before after']));
    expect(await moveWith(job, { listed })).toMatchObject({ skipped: 2, unexplained: 0 });
    const skipped = (await ledgerOf(job)).filter((line) => line.outcome === 'skipped');
    for (const line of skipped) expect(line.why).toMatch(/^移行元のサーバーがこのフォルダを開きません: /);
    await move({ ...job, run: 2, previousRun: 1 });
    expect(await contents(to)).toEqual({ ...(await contents(from)), before: [] });
  } finally {
    await endOf(all);
  }
});

test.each(['listed', 'copied'] as const)(
  'a folder that the target does not open any more once all is %s: it is unexplained, its mail is told one by one, the rest is moved and verified',
  async (when) => {
    const all = await between(when);
    const { from, job } = all;
    const folder = join(servers.target.home(when), 'Maildir', '.shut');
    try {
      await fill(from, 'INBOX', [{ body: letter(1) }]);
      await fill(from, 'shut', [{ body: letter(2) }, { body: letter(3) }]);
      const summary = await moveWith(job, { [when]: () => closeTo(folder) });
      const lost = (await ledgerOf(job)).filter((line) => line.path?.startsWith(`./${when}/shut/`));
      if (when === 'listed') {
        expect(summary).toMatchObject({ skipped: 2, unexplained: 1 });
        for (const line of lost) expect(line.why).toMatch(/^移行先のサーバーがこのフォルダを開きません: /);
      } else {
        expect(summary).toMatchObject({ skipped: 0, unexplained: 3 });
        for (const line of lost) expect(line.remark).toMatch(/^移行先がフォルダを開きません: /);
      }
      expect(lost).toHaveLength(2);
    } finally {
      openAgain(folder);
      await endOf(all);
    }
  },
);

test('a name that only holds other names at the target becomes a folder, with a subscription', async () => {
  const all = await between('parent');
  const { from, to, job } = all;
  try {
    await fill(from, '親', []);
    await fill(from, '親/子', [{ body: letter(1) }]);
    await createMailbox(to, encodeMailboxName('親/子'));
    expect(await move(job)).toMatchObject({ altered: 0, skipped: 0, unexplained: 0 });
    expect(await contents(to)).toEqual(await contents(from));
  } finally {
    await endOf(all);
  }
});

function closeTo(folder: string): void {
  chmodSync(folder, 0o000);
}

function openAgain(folder: string): void {
  chmodSync(folder, 0o700);
}
