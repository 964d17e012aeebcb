import { expect, test } from '@jest/globals';
import { everything, fetchList } from '../../../functions/migration/mail/imap/fetch-list.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { secondsOf } from '../../../functions/migration/mail/lines.ts';
import { startFakeImap } from './fake-imap.ts';
import { letter } from './mailboxes.ts';
import { jobBetween, ledgerOf, move, open } from './move.ts';
import { twoServers } from './two-servers.ts';

const servers = twoServers({ users: { dates: 'himitsu' } });

const instants: [written: string, instant: string][] = [
  ['01-Jan-1970 00:00:01 +0000', '1970-01-01T00:00:01Z'],
  [' 5-May-2011 12:00:00 +0900', '2011-05-05T03:00:00Z'],
  ['5-MAY-2011 12:00:01 +0900', '2011-05-05T03:00:01Z'],
  ['29-feb-2024 00:00:00 +1345', '2024-02-28T10:15:00Z'],
  ['31-Dec-2020 23:59:59 -0330', '2021-01-01T03:29:59Z'],
];

test('INTERNALDATE in whatever way it is written: the same instant; one that is none is told', async () => {
  const messages = instants.map(([date], at) => ({ uid: at + 1, body: letter(at), date }));
  // A server that keeps what no calendar has, and one that tells nothing at all.
  messages.push({ uid: 6, body: letter(6), date: '31-Feb-2020 10:00:00 +0900' });
  messages.push({ uid: 7, body: letter(7), date: 'yesterday' });
  // Servers take these, and keep the moment of arrival.
  messages.push({ uid: 8, body: letter(8), date: '31-Dec-2099 23:59:59 +0900' });
  messages.push({ uid: 9, body: letter(9), date: '01-Jan-1965 09:00:00 +0900' });
  messages.push({ uid: 10, body: letter(10), date: '31-Dec-2037 23:59:59 +0000' });
  const source = await startFakeImap({ messages });
  const credentials = { user: 'dates', password: 'himitsu' };
  const accounts = [{ ...credentials, targetUser: 'dates' }];
  const job = jobBetween({ source: source.port, target: servers.target.port }, { accounts });
  const to = await open(servers.target.port, credentials);
  try {
    expect(await move(job)).toMatchObject({ moved: 5, altered: 5, skipped: 0, unexplained: 0 });
    const altered = (await ledgerOf(job)).filter((line) => line.outcome === 'altered');
    expect(altered.map(({ uid }) => uid)).toEqual([6, 7, 8, 9, 10]);
    for (const line of altered) expect(line.how).toMatch(/受信日時は移行した時刻です/);
    const seconds = new Set<number | undefined>();
    await selectMailbox(to, 'INBOX', 'EXAMINE');
    await fetchList(to, 'FETCH', '1:*', everything, ({ date }) => void seconds.add(secondsOf(date)));
    for (const [, instant] of instants) expect(seconds).toContain(Date.parse(instant) / 1000);
  } finally {
    source.stop();
    job.dispose();
    await to.logout();
  }
});
