import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
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
      const lines: MailLine[] = [];
      for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey)) lines.push(line);
      expect(lines.filter(({ kind }) => kind === 'setting').map(({ path, why }) => [path, why])).toEqual([
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
