import { expect, test } from '@jest/globals';
import { startFakeImap } from './fake-imap.ts';
import { jobBetween, ledgerOf, move } from './move.ts';

/** Every tenth does not exist at the source. Ten times as many take ten times as long; CI's patience sets the number. */
const count = Number(process.env.MAIL_ACCOUNTS ?? 80);

test(`${count} accounts, of which some do not exist at the source: each is in the ledger, and a second run begins nothing anew`, async () => {
  const missing = (user: string) => Number(user.slice(1)) % 10 === 3;
  const source = await startFakeImap({
    answer: (command, tag) => {
      const [, given = ''] = /^AUTHENTICATE PLAIN (\S+)/.exec(command) ?? [];
      const [, user = ''] = Buffer.from(given, 'base64').toString().split('\0');
      return given && missing(user) ? `${tag} NO [AUTHENTICATIONFAILED] No such user\r\n` : undefined;
    },
  });
  const target = await startFakeImap({});
  const accounts = Array.from({ length: count }, (_, at) => ({
    ...{ user: `u${at}`, password: 'himitsu', targetUser: `u${at}`, targetPassword: 'himitsu' },
  }));
  const job = jobBetween({ source: source.port, target: target.port }, { accounts });
  try {
    expect(await move(job)).toMatchObject({ skipped: count / 10, unexplained: 0 });
    const left = (await ledgerOf(job)).filter(({ outcome }) => outcome === 'skipped');
    expect(left.map(({ path }) => path)).toEqual(
      accounts.filter(({ user }) => missing(user)).map(({ user }) => `./${user}`),
    );
    expect(new Set(left.map(({ why = '' }) => why.replace(/u\d+/, 'u')))).toEqual(
      new Set([expect.stringMatching(/^メールサーバーが u のログインを断りました: No such user/)]),
    );
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      ...{ moved: 0, skipped: count / 10, unexplained: 0 },
    });
  } finally {
    source.stop();
    target.stop();
    job.dispose();
  }
}, 60_000);
