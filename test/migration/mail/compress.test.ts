import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
beforeAll(async () => {
  source = await startDovecot({ more: 'protocol imap {\n  mail_plugins = imap_zlib\n}' });
  target = await startDovecot();
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

test('a source that compresses is read compressed, and cut connections lose nothing', async () => {
  const from = await open(source.port);
  const to = await open(target.port);
  await fill(
    from,
    'INBOX',
    Array.from({ length: 60 }, (_, at) => ({ body: letter(at, 60_000) })),
  );
  let sent = 0;
  const proxy = await startCuttingProxy(source.port, {
    alter: (data) => {
      sent += data.length;
      return data;
    },
    // The first three connections end in the midst of it.
    fromServer: (connection) => (connection < 3 ? 2500 + 9000 * connection : undefined),
  });
  const job = jobBetween({ source: proxy.port, target: target.port });
  try {
    expect(await move(job)).toMatchObject({ moved: 60, skipped: 0, unexplained: 0 });
    expect(proxy.cut()).toBeGreaterThan(0);
    expect(sent).toBeLessThan((60 * 60_000) / 5);
    expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), '', '/'));
  } finally {
    proxy.stop();
    job.dispose();
    await Promise.all([from.logout(), to.logout()]);
  }
});
