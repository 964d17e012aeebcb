import { expect, test } from '@jest/globals';
import { everything, fetchList } from '../../../functions/migration/mail/imap/fetch-list.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { contents, fill, letter } from './mailboxes.ts';
import { jobBetween, ledgerOf, move, open } from './move.ts';
import { twoServers } from './two-servers.ts';

const users = Object.fromEntries(['many', 'few'].map((name) => [name, 'himitsu']));
const servers = twoServers({ users });

const keywords = Array.from({ length: 75 }, (_, at) => `kw${at}`);
const odd = ['$Label1', '&MFkwSA-', "a'b", 'NonJunk', 'a/b:c;d=e', '\\Seen', '\\Deleted'];

async function fromTo(user: string) {
  const credentials = { user, password: 'himitsu' };
  const from = await open(servers.source.port, credentials);
  for (const at of [0, 25, 50])
    await fill(from, 'INBOX', [{ body: letter(at), flags: keywords.slice(at, at + 25) }]);
  await fill(from, 'INBOX', [{ body: letter(99), flags: odd }]);
  return {
    from,
    to: await open(servers.target.port, credentials),
    accounts: [{ ...credentials, targetUser: user }],
  };
}

test('75 keywords in one folder, and odd ones', async () => {
  const { from, to, accounts } = await fromTo('many');
  const job = jobBetween({ source: servers.source.port, target: servers.target.port }, { accounts });
  try {
    expect(await move(job)).toMatchObject({ moved: 4, altered: 0, skipped: 0, unexplained: 0 });
    expect(await contents(to)).toEqual(await contents(from));
  } finally {
    job.dispose();
    await from.logout();
    await to.logout();
  }
});

test('a target that keeps no keywords but its own: the mail arrives, and each mark that it lacks is named', async () => {
  const { from, to, accounts } = await fromTo('few');
  // As a server that has no `\\*`; what it is given besides it would refuse.
  const proxy = await startCuttingProxy(servers.target.port, {
    alter: (data) =>
      Buffer.from(
        data.toString('latin1').replace(/PERMANENTFLAGS \([^)]*\)/g, 'PERMANENTFLAGS (\\Seen \\Deleted kw3)'),
        'latin1',
      ),
  });
  const job = jobBetween({ source: servers.source.port, target: proxy.port }, { accounts });
  try {
    expect(await move(job)).toMatchObject({ moved: 0, altered: 4, skipped: 0, unexplained: 0 });
    const hows = (await ledgerOf(job)).filter(({ kind }) => kind === 'message').map(({ how }) => how);
    expect(hows[0]).toMatch(/^移行先で使えない印: kw0 kw1 kw2 kw4 .*kw24$/);
    expect(hows[3]).toMatch(/^移行先で使えない印: .*NonJunk/);
    const flags: string[] = [];
    await selectMailbox(to, 'INBOX', 'EXAMINE');
    await fetchList(
      to,
      'FETCH',
      '1:*',
      everything,
      (message) => void flags.push(message.flags.sort().join(' ')),
    );
    expect(flags.sort()).toEqual(['', '', '\\Deleted \\Seen', 'kw3']);
  } finally {
    proxy.stop();
    job.dispose();
    await from.logout();
    await to.logout();
  }
});
