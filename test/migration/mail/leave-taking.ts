import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { ImapConnection } from '../../../functions/migration/mail/imap/connection.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';

import { type SelfSigned, selfSigned } from '../../servers/self-signed.ts';
import { type Moment, startFarewellProxy } from './farewell-proxy.ts';
import { bare, contents, fill, letter, type Seed } from './mailboxes.ts';
import { copyChunks, jobBetween, move, open, until } from './move.ts';
import { twoServers } from './two-servers.ts';

export type Step = 'inventory' | 'copy' | 'verify';
export type End = 'source' | 'target';

export interface State {
  step: Step;
  end: End;
  command: string;
  moment: Moment;
  /** Once, or each time until the run has ended. */
  times: number;
}

export const steps = {
  inventory: (job: MailJob, retries: number) => until(() => takeMailInventory(job), retries),
  copy: copyChunks,
  verify: (job: MailJob, retries: number) => until(() => verifyMail(job), retries),
};

export const seeds = (first: number, count: number): Seed[] =>
  Array.from({ length: count }, (_, at) => ({
    body: letter(first + at, at === 1 ? 20_000 : 2000),
    flags: at % 2 ? ['\\Seen'] : ['\\Flagged', 'kyaku'],
    date: '17-Jul-1996 02:44:25 -0700',
  }));

const users = Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`taro${at}`, 'himitsu']));
// A process for each connection, and waiting for the disk, would be most of the work.
const more =
  'mail_fsync = never\nservice imap {\n  service_count = 1000\n}\nservice imap-login {\n  service_count = 0\n}';

/** Half a line, or a word in the clear where encryption was agreed upon, is no IMAP; all else is tried again by itself. */
const nameOf = ({ command, moment, times }: State) =>
  moment === 'in a response' || (command === 'STARTTLS' && moment === 'after its OK')
    ? expect.stringMatching(/^(TransientError|ImapProtocolError)$/)
    : times === 1
      ? 'no error'
      : 'TransientError';

/** What somebody changes in the INBOX: at the source before a second run, which is then the one under test, or at the target just before the step. */
export interface Given {
  end: End;
  change: (connection: ImapConnection) => Promise<unknown>;
}

interface Options {
  given?: Given;
  /** Behind STARTTLS. */
  encrypted?: boolean;
  /** What the servers do not say of what they can do. */
  hidden?: RegExp;
}

/** Two servers for the tests of one file, which can take their leave in any state; begins the moves between them. */
export function leaveTaking() {
  const servers = twoServers({
    users,
    source: { separator: '.', prefix: 'INBOX.', more },
    target: { quota: '*:storage=1G', more },
  });
  let tls: SelfSigned;
  let number = 0;

  async function within<T>(end: End, user: string, work: (connection: ImapConnection) => Promise<T>) {
    const connection = await open(servers[end].port, { user, password: 'himitsu' });
    try {
      return await work(connection);
    } finally {
      await connection.logout();
    }
  }
  const fillSource = (user: string) =>
    within('source', user, async (from) => {
      await fill(from, 'INBOX', seeds(0, 4));
      await fill(from, 'INBOX.送信済み', seeds(100, 3));
    });
  beforeAll(async () => {
    tls = selfSigned('mail.example.jp');
    await fillSource('taro0');
  });
  afterAll(() => tls.remove());

  /** A move to a fresh account of the target. */
  return async ({ given, encrypted = false, hidden }: Options = {}) => {
    const targetUser = `taro${++number}`;
    const user = given?.end === 'source' ? targetUser : 'taro0';
    const options = {
      ...(hidden && { hidden }),
      ...(encrypted && { tls: { cert: readFileSync(tls.certificate), key: readFileSync(tls.key) } }),
    };
    const source = await startFarewellProxy(servers.source.port, options);
    const target = await startFarewellProxy(servers.target.port, options);
    const security = encrypted
      ? { security: 'starttls', certificate: tls.fingerprint }
      : { security: 'plain' };
    const first = jobBetween(
      { source: source.port, target: target.port },
      {
        accounts: [{ user, password: 'himitsu', targetUser, targetPassword: 'himitsu' }],
        pauseMs: 1,
        options: {
          source: { host: '127.0.0.1', port: source.port, ...security },
          target: { host: '127.0.0.1', port: target.port, ...security },
        },
      },
    );
    const change = async (end: End, name: string) => {
      if (given?.end !== end) return;
      await within(end, name, async (connection) => {
        await selectMailbox(connection, 'INBOX', 'SELECT');
        await given.change(connection);
      });
    };
    return {
      ...{ source, target, job: first },
      /** A run with a server that takes its leave in this state, and the run that comes next: one that failed goes on under its number. */
      async run(state: State): Promise<{ ended: boolean; next: MailJob }> {
        let job: MailJob = first;
        if (given?.end === 'source') {
          await fillSource(user);
          await move(job);
          await change('source', user);
          job = { ...job, run: 2, previousRun: 1 };
        }
        const proxy = state.end === 'source' ? source : target;
        for (const step of ['inventory', 'copy', 'verify'] as const) {
          if (step === state.step) {
            await change('target', targetUser);
            proxy.farewell = state;
          }
          const error = await steps[step](job, state.times === 1 ? 3 : 0).then(
            () => undefined,
            (error: Error) => error,
          );
          if (step === state.step)
            expect({ ...state, said: proxy.said > 0 }).toEqual({ ...state, said: true });
          proxy.farewell = undefined;
          if (!error) continue;
          expect({ ...state, error: error.name }).toEqual({ ...state, error: nameOf(state) });
          expect(error.message).toMatch(/Server shutting down|メールサーバー|暗号化の前に/);
          return { ended: false, next: job };
        }
        return { ended: true, next: { ...job, run: job.run + 1, previousRun: job.run } };
      },
      /** Every message of the source is at the target once, with its marks and date. */
      async expectSame(state: State): Promise<void> {
        const from = await within('source', user, contents);
        const to = await within('target', targetUser, contents);
        expect({ ...state, ...bare(to, '', '/') }).toEqual({ ...state, ...bare(from, 'INBOX.', '.') });
      },
      dispose() {
        source.stop();
        target.stop();
        first.dispose();
      },
    };
  };
}
