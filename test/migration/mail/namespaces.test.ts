import { expect, test } from '@jest/globals';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, ledgerOf, move, open } from './move.ts';
import { twoServers } from './two-servers.ts';

/** What a person has besides the inbox's own namespace: one more, and what everybody sees. */
const more = (separator: string) => `
namespace archive {
  type = private
  separator = ${separator}
  prefix = Archive${separator}
  location = maildir:%h/archive
}
namespace public {
  type = public
  separator = ${separator}
  prefix = Public${separator}
  location = maildir:%h/public
  subscriptions = no
}`;
const servers = twoServers({
  source: { separator: '.', prefix: 'INBOX.', more: more('.') },
  target: { more: more('/') },
});

test('folders of every own namespace are moved, those that all share are told', async () => {
  const from = await open(servers.source.port);
  const to = await open(servers.target.port);
  const job = jobBetween({ source: servers.source.port, target: servers.target.port });
  try {
    const names = ['INBOX', 'INBOX.得意先', 'Archive.2019年', 'Archive.2019年.春', 'Public.掲示板'];
    for (const [at, name] of names.entries()) await fill(from, name, [{ body: letter(at) }]);
    expect(await move(job)).toMatchObject({ unexplained: 0 });
    const there = await contents(to);
    for (const name of ['INBOX', '得意先', 'Archive/2019年', 'Archive/2019年/春'])
      expect({ name, count: there[name]?.length }).toEqual({ name, count: 1 });
    expect(Object.keys(there).filter((name) => name.includes('掲示板'))).toEqual([]);
    const told = (await ledgerOf(job)).filter(({ outcome }) => outcome === 'skipped');
    expect(told.map(({ path, why }) => [path, why])).toEqual([
      [expect.stringContaining('掲示板'), '他の利用者または共有のフォルダです'],
    ]);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({ moved: 0, unexplained: 0 });
    expect(await contents(to)).toEqual(there);
  } finally {
    job.dispose();
    await from.logout();
    await to.logout();
  }
});
