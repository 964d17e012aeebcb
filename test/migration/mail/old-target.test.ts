import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const users = { one: 'himitsu', two: 'himitsu', three: 'himitsu' };
beforeAll(async () => {
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users });
  target = await startDovecot({ separator: '/', prefix: '', users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

/** Words that the servers' answers lose on their way. */
const without = (words: RegExp) => ({
  alter: (data: Buffer) => Buffer.from(data.toString('latin1').replaceAll(words, ''), 'latin1'),
});

test.each([
  ['one', 'without MULTIAPPEND and LITERAL+', / (MULTIAPPEND|LITERAL\+)/g],
  [
    'two',
    'without UIDPLUS, NAMESPACE, extended LIST and quick STATUS',
    / (UIDPLUS|NAMESPACE|LIST-EXTENDED|SPECIAL-USE|CONDSTORE|QRESYNC|BINARY)|\[APPENDUID [^\]]*\] /g,
  ],
  ['three', 'with LITERAL- in its place', /(?<= LITERAL)\+/g],
])('%s: a server %s', async (user, _, words) => {
  const strip = without(words);
  const minus = {
    alter: (data: Buffer) =>
      Buffer.from(data.toString('latin1').replaceAll('LITERAL+', 'LITERAL-'), 'latin1'),
  };
  const proxies = await Promise.all(
    [source.port, target.port].map((port) => startCuttingProxy(port, user === 'three' ? minus : strip)),
  );
  const credentials = { user, password: 'himitsu' };
  const [from, to] = [await open(source.port, credentials), await open(target.port, credentials)];
  const seeds = Array.from({ length: 25 }, (_, at) => ({
    body: letter(at % 20, 300 + 700 * (at % 20)),
    flags: ['\\Seen'],
    date: `0${1 + Math.floor(at / 20)}-Mar-2015 01:02:03 +0900`,
  }));
  await fill(from, 'INBOX', seeds);
  await fill(from, 'INBOX.送信済み.2015年', seeds.slice(0, 7));
  const accounts = [{ ...credentials, targetUser: user, targetPassword: 'himitsu' }];
  const job = jobBetween({ source: proxies[0]!.port, target: proxies[1]!.port }, { accounts });
  try {
    expect(await move(job)).toMatchObject({ skipped: 0, unexplained: 0 });
    const expected = bare(await contents(from), 'INBOX.', '.');
    expect(bare(await contents(to), '', '/')).toEqual(expected);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      skipped: 0,
      unexplained: 0,
    });
    expect(bare(await contents(to), '', '/')).toEqual(expected);
  } finally {
    for (const proxy of proxies) proxy.stop();
    job.dispose();
    await from.logout();
    await to.logout();
  }
});
