import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TransientError } from '../../../functions/case/errors.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let server: Dovecot;
beforeAll(async () => {
  server = await startDovecot({ users: { taro: 'himitsu', hanako: 'himitsu' } });
});
afterAll(() => server.stop());

test('aliases, forwarding and lists are in the ledger of every run, as work for the target', async () => {
  const from = await open(server.port);
  await fill(from, 'INBOX', [{ body: letter(1) }]);
  await from.logout();
  const accounts = [{ user: 'taro', password: 'himitsu', targetUser: 'hanako', targetPassword: 'himitsu' }];
  const settings = [
    { kind: 'alias' as const, address: 'sales@example.jp', to: ['taro@example.jp'] },
    { kind: 'forward' as const, address: 'info@example.jp', to: ['taro@example.jp', 'keitai@example.ne.jp'] },
    { kind: 'list' as const, address: 'all@example.jp', to: ['taro@example.jp', 'hanako@example.jp'] },
  ];
  const job = jobBetween({ source: server.port, target: server.port }, { accounts, settings });
  try {
    for (const run of [1, 2]) {
      const which = run === 1 ? job : { ...job, run, previousRun: run - 1 };
      expect(await move(which)).toMatchObject({ skipped: 3, unexplained: 0 });
      const summary = (await readSummary(job.objects, which))!;
      expect(summary.remarks).toEqual([expect.stringMatching(/メーリングリストが3件あります/)]);
      expect(summary.examples?.map(({ object }) => object)).toEqual([
        './sales@example.jp',
        './info@example.jp',
        './all@example.jp',
      ]);
      const lines: MailLine[] = [];
      for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
      // They come first: a page that shows the beginning of a long ledger shows them.
      expect(lines.slice(0, 3).map(({ path, why }) => [path, why])).toEqual([
        ['./sales@example.jp', '移行先での設定が必要です(別名): taro@example.jp'],
        ['./info@example.jp', '移行先での設定が必要です(転送): taro@example.jp, keitai@example.ne.jp'],
        [
          './all@example.jp',
          '移行先での設定が必要です(メーリングリスト): taro@example.jp, hanako@example.jp',
        ],
      ]);
    }
  } finally {
    job.dispose();
  }
});

test('a list so long that its inventory is broken off is in the ledger whole, each once', async () => {
  const accounts = [{ user: 'taro', password: 'himitsu', targetUser: 'hanako', targetPassword: 'himitsu' }];
  const settings = Array.from({ length: 45_000 }, (_, at) => ({
    ...{ kind: 'alias' as const, address: `a${at}@example.jp`, to: ['taro@example.jp'] },
  }));
  const job = jobBetween({ source: server.port, target: server.port }, { accounts, settings });
  let left = 2;
  const breaking = {
    ...job.objects,
    put: (...args: Parameters<typeof job.objects.put>) => {
      if (/\/chunks\/\d/.test(args[0]) && left-- === 0) throw new TransientError('broken off');
      return job.objects.put(...args);
    },
  };
  try {
    await expect(takeMailInventory({ ...job, objects: breaking })).rejects.toThrow('broken off');
    const summary = await move(job);
    expect(summary).toMatchObject({ skipped: settings.length, unexplained: 0 });
    const told = new Set<string | undefined>();
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey))
      if (line.kind === 'setting') told.add(line.path);
    expect(told.size).toBe(settings.length);
    expect(summary.examples).toHaveLength(10);
  } finally {
    job.dispose();
  }
});
