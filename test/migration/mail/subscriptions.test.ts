import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { report } from '../../../functions/migration/keys.ts';
import { createMailbox, subscribe } from '../../../functions/migration/mail/imap/create.ts';
import { listMailboxes } from '../../../functions/migration/mail/imap/list.ts';
import { readableName, wireName } from '../../../functions/migration/mail/imap/mailbox-name.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import type { ReportLine } from '../../../functions/migration/verification.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const users = { taro: 'himitsu', hanako: 'himitsu', jiro: 'himitsu' };
beforeAll(async () => {
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users });
  target = await startDovecot({ separator: '/', users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

/** Name -> subscribed. */
async function subscriptions(port: number, user: string): Promise<Record<string, boolean>> {
  const connection = await open(port, { user, password: 'himitsu' });
  const all = await listMailboxes(connection);
  await connection.logout();
  return Object.fromEntries(all.map((one) => [readableName(connection, one.name), one.subscribed]));
}

test.each([
  ['taro', 'LIST-EXTENDED', /$^/g],
  ['hanako', 'LSUB', / (?:LIST-EXTENDED|SPECIAL-USE)/g],
])(
  '%s: what is subscribed at the source is at the target, and no other folder (%s)',
  async (user, _, hidden) => {
    const from = await open(source.port, { user, password: 'himitsu' });
    for (const name of ['購読', '購読.下', '非購読', '親.購読']) {
      const wire = wireName(from, `INBOX.${name}`);
      expect(await createMailbox(from, wire)).toBeUndefined();
      if (!name.startsWith('非')) expect(await subscribe(from, wire)).toBeUndefined();
    }
    await from.logout();
    const to = await open(target.port, { user, password: 'himitsu' });
    expect(await createMailbox(to, wireName(to, '移行先だけ'))).toBeUndefined();
    expect(await subscribe(to, wireName(to, '移行先だけ'))).toBeUndefined();
    await to.logout();
    const alter = (data: Buffer) => Buffer.from(data.toString('latin1').replaceAll(hidden, ''), 'latin1');
    let asked = '';
    const [old, proxy] = await Promise.all([
      startCuttingProxy(source.port, { alter }),
      startCuttingProxy(target.port, { alter, note: (data) => (asked += data.toString('latin1')) }),
    ]);
    const accounts = [{ user, password: 'himitsu', targetUser: user }];
    const job = jobBetween({ source: old.port, target: proxy.port }, { accounts });
    try {
      expect(await move(job)).toMatchObject({ skipped: 0, unexplained: 0 });
      const there = await subscriptions(target.port, user);
      expect(there).toMatchObject({
        INBOX: false,
        購読: true,
        '購読/下': true,
        非購読: false,
        '親/購読': true,
        移行先だけ: true,
      });
      expect(asked.match(/ SUBSCRIBE /g)).toHaveLength(3);
      asked = '';
      expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ moved: 0, unexplained: 0 });
      expect(asked).toMatch(/ LOGOUT/);
      expect(asked).not.toMatch(/ (?:SUBSCRIBE|UNSUBSCRIBE|CREATE|RENAME|DELETE) /);
      expect(await subscriptions(target.port, user)).toEqual(there);
    } finally {
      old.stop();
      proxy.stop();
      job.dispose();
    }
  },
);

test('a subscription that the target refuses is told with its answer, and stops nothing', async () => {
  const credentials = { user: 'jiro', password: 'himitsu' };
  const from = await open(source.port, credentials);
  for (const name of ['INBOX.kyaku', 'INBOX.購読']) await fill(from, name, [{ body: letter(1) }]);
  await from.logout();
  const refused = 'SUBSCRIBE "kyaku"';
  const proxy = await startCuttingProxy(target.port, {
    // A folder that is not there cannot be subscribed.
    note: (data) => {
      const at = data.indexOf(refused);
      if (at >= 0) data.write('X', at + refused.length - 2);
    },
  });
  const accounts = [{ ...credentials, targetUser: 'jiro' }];
  const job = jobBetween({ source: source.port, target: proxy.port }, { accounts });
  const told = /^移行先が購読の登録を断りました: .*kyakX/;
  try {
    const summary = await move(job);
    expect(summary).toMatchObject({ moved: 3, altered: 1, skipped: 0, unexplained: 0 });
    const folders: MailLine[] = [];
    for await (const line of readLines<MailLine>(job.objects, summary.ledgerKey))
      if (line.kind === 'mailbox' && line.outcome === 'altered') folders.push(line);
    expect(folders).toMatchObject([{ path: './jiro/kyaku', how: expect.stringMatching(told) }]);
    const lines: ReportLine[] = [];
    for await (const line of readLines<ReportLine>(job.objects, report(job))) lines.push(line);
    expect(lines).toContainEqual({
      result: 'altered',
      path: './jiro/kyaku',
      kind: 'mailbox',
      remark: expect.stringMatching(told),
    });
    expect(await subscriptions(target.port, 'jiro')).toEqual({ INBOX: false, kyaku: false, 購読: true });
  } finally {
    proxy.stop();
    job.dispose();
  }
});
