import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { linesOf } from '../../../functions/migration/ndjson.ts';
import { readProgress } from '../../../functions/migration/progress.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { caseId, jobBetween, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
beforeAll(async () => {
  const users = { taro: 'himitsu', hanako: 'himitsu' };
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users });
  target = await startDovecot({ separator: '/', prefix: '', users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

test('two accounts, called with little time again and again: each call goes on, and nothing is done twice', async () => {
  const connections = await Promise.all(
    ['taro', 'hanako'].flatMap((user) =>
      [source, target].map((server) => open(server.port, { user, password: 'himitsu' })),
    ),
  );
  const [from, to, from2, to2] = connections as [
    (typeof connections)[0],
    (typeof connections)[0],
    (typeof connections)[0],
    (typeof connections)[0],
  ];
  await fill(
    from,
    'INBOX',
    Array.from({ length: 30 }, (_, at) => ({ body: letter(at, 700_000) })),
  );
  await fill(
    from,
    'INBOX.控え',
    Array.from({ length: 10 }, (_, at) => ({ body: letter(100 + at) })),
  );
  await fill(
    from2,
    'INBOX',
    Array.from({ length: 10 }, (_, at) => ({ body: letter(200 + at) })),
  );
  const accounts = ['taro', 'hanako'].map((user) => ({
    user,
    password: 'himitsu',
    targetUser: user,
    targetPassword: 'himitsu',
  }));
  const settings = [{ kind: 'forward' as const, address: 'info@example.jp', to: ['taro@example.jp'] }];
  // Time is short from the second look at the clock on, in every call.
  let looks = 0;
  const job = jobBetween(
    { source: source.port, target: target.port },
    { accounts, settings, remaining: () => (looks++ < 2 ? 600_000 : 19_000) },
  );
  const calls = async (work: () => Promise<{ more: boolean }>) => {
    for (let count = 1; ; count++) {
      looks = 0;
      if (!(await work()).more) return count;
      expect(count).toBeLessThan(150);
    }
  };
  try {
    let chunksKey = '';
    const listed = await calls(async () => {
      const taken = await takeMailInventory(job);
      if (!taken.more) chunksKey = taken.chunksKey;
      return taken;
    });
    expect(listed).toBeGreaterThan(2);
    const chunks: number[] = [];
    for await (const piece of job.objects.get(chunksKey)) {
      for (const line of Buffer.from(piece).toString().trim().split('\n'))
        chunks.push(JSON.parse(line).chunk);
    }
    let copied = 0;
    for (const chunk of chunks) copied += await calls(() => copyMailChunk(job, { chunk }));
    expect(copied).toBeGreaterThan(chunks.length + 3);
    expect(await readProgress(job.objects, caseId, 'mail', 1)).toMatchObject({
      phase: 'copy',
      objects: { done: expect.any(Number) },
    });
    await calls(() => verifyMail(job));
    const summary = await readSummary(job.objects, job);
    expect(summary).toMatchObject({ moved: 51, skipped: 1, unexplained: 0 });
    expect(await readProgress(job.objects, caseId, 'mail', 1)).toMatchObject({
      phase: 'done',
      objects: { done: summary!.objects, total: summary!.objects },
    });
    expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), 'INBOX.', '.'));
    expect(bare(await contents(to2), '', '/')).toEqual(bare(await contents(from2), 'INBOX.', '.'));
    expect(linesOf([summary]).toString()).not.toContain('himitsu');
  } finally {
    job.dispose();
    for (const connection of connections) await connection.logout();
  }
});

test('nothing that is kept in the clear holds a password or a mail', async () => {
  const from = await open(source.port, { user: 'hanako', password: 'himitsu' });
  await fill(from, 'INBOX', [{ body: 'Subject: s\r\n\r\nPLANTED-IN-A-MAIL\r\n' }]);
  const accounts = [{ user: 'hanako', password: 'himitsu', targetUser: 'hanako', targetPassword: 'himitsu' }];
  const job = jobBetween({ source: source.port, target: target.port }, { accounts });
  try {
    await takeMailInventory(job);
    while ((await copyMailChunk(job, { chunk: 0 })).more);
    await verifyMail(job);
    let objects = 0;
    for (const prefix of ['temporary/', 'records/']) {
      for await (const { key } of job.objects.list(prefix)) {
        const pieces: Uint8Array[] = [];
        for await (const piece of job.objects.get(key)) pieces.push(piece);
        const bytes = Buffer.concat(pieces);
        for (const planted of ['himitsu', 'PLANTED-IN-A-MAIL', Buffer.from('himitsu').toString('base64')]) {
          expect(bytes.includes(planted) || key.includes(planted)).toBe(false);
        }
        objects++;
      }
    }
    expect(objects).toBeGreaterThan(8);
  } finally {
    job.dispose();
    await from.logout();
  }
});
