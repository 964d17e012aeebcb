import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
const date = '17-Jul-1996 02:44:25 -0700';

beforeAll(async () => {
  source = await startDovecot({ separator: '.', prefix: 'INBOX.' });
  const from = await open(source.port);
  // The same mail several times in one folder, and in two folders: each copy counts.
  const seeds = Array.from({ length: 60 }, (_, at) => ({
    body: letter(at % 20, 3000 + 400 * (at % 20)),
    flags: at % 2 ? ['\\Seen'] : ['\\Flagged', 'kyaku'],
    date,
  }));
  await fill(from, 'INBOX', seeds);
  await fill(from, 'INBOX.送信済み', seeds.slice(0, 25));
  await from.logout();
});
afterAll(() => source.stop());

async function expectSame(target: Dovecot): Promise<void> {
  const [from, to] = [await open(source.port), await open(target.port)];
  try {
    expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), 'INBOX.', '.'));
  } finally {
    await from.logout();
    await to.logout();
  }
}

/** The first connections are cut, each later than the one before, so that every place is hit; the last are not. */
const rising =
  (first: number, step: number, count = 30) =>
  (n: number) =>
    n < count ? first + step * n : undefined;

test.each([
  ['the source is cut while it answers', { fromServer: rising(1011, 4777) }, {}],
  ['the source is cut while it is asked', { toServer: rising(50, 31) }, {}],
  ['the target is cut while it is sent to', {}, { toServer: rising(301, 7999) }],
  [
    'the target is cut while it answers: an APPEND is done and not told',
    {},
    { fromServer: rising(1100, 53, 40) },
  ],
  [
    'both are cut in both directions',
    { fromServer: rising(1200, 9970), toServer: rising(300, 45) },
    { fromServer: rising(1000, 83), toServer: rising(500, 20_130) },
  ],
])('%s: at the end every message is there once', async (_, sourceCuts, targetCuts) => {
  const target = await startDovecot({ separator: '/', prefix: '' });
  const sourceProxy = await startCuttingProxy(source.port, sourceCuts);
  const targetProxy = await startCuttingProxy(target.port, targetCuts);
  const job = jobBetween({ source: sourceProxy.port, target: targetProxy.port });
  try {
    const summary = await move(job, 200);
    expect(summary).toMatchObject({ skipped: 0, unexplained: 0 });
    expect(sourceProxy.cut() + targetProxy.cut()).toBeGreaterThan(3);
    await expectSame(target);
  } finally {
    sourceProxy.stop();
    targetProxy.stop();
    job.dispose();
    await target.stop();
  }
});
