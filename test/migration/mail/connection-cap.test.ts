import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { Dial } from '../../../functions/migration/mail/imap/open-connection.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import * as keys from '../../../functions/migration/mail/keys.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { startDovecot } from '../../servers/dovecot.ts';
import { startFakeImap } from './fake-imap.ts';
import { chunkEach, freshAccount, users } from './fresh-account.ts';
import { refusals, startLimitedServer } from './limited-server.ts';
import { fill, letter } from './mailboxes.ts';
import { inboxAt, jobBetween, loopback, open, until } from './move.ts';

const { targetPort, credentials, accounts } = freshAccount();

/** As the state machine does it: chunks two at once; what asks for patience, or broke off, is called again. */
async function moveTwoAtOnce(job: MailJob, [first, second]: [Dial, Dial] = [loopback, loopback]) {
  const calls = { inventory: 0, copy: 0, verify: 0 };
  const persist = async (step: keyof typeof calls, work: () => Promise<{ more: boolean }>) => {
    for (;;) {
      calls[step]++;
      try {
        if (!(await work()).more) return;
      } catch (error) {
        if (!['RetryAfterError', 'TransientError'].includes((error as Error).name)) throw error;
        await wait(10);
      }
    }
  };
  let chunksKey = '';
  await persist('inventory', async () => {
    const taken = await takeMailInventory(job);
    if (!taken.more) chunksKey = taken.chunksKey;
    return taken;
  });
  const chunks: { chunk: number }[] = [];
  for await (const chunk of readLines<{ chunk: number }>(job.objects, chunksKey)) chunks.push(chunk);
  const count = chunks.length;
  const worker = async (dial: Dial) => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      const one = chunk;
      await persist('copy', () => copyMailChunk({ ...job, dial }, one));
    }
  };
  await Promise.all([worker(first), worker(second)]);
  await persist('verify', () => verifyMail(job));
  return { summary: (await readSummary(job.objects, job))!, chunks: count, calls };
}

async function fact(is: () => boolean): Promise<void> {
  while (!is()) await wait(2);
}

/** The first worker has its place before the second one comes, and keeps it until that one was refused. */
function together(port: number, server: { open(): number; refused(): number }): [Dial, Dial] {
  return [
    async (host, at) => {
      const socket = await loopback(host, at);
      if (at === port) await fact(() => server.refused() > 0);
      return socket;
    },
    async (host, at) => {
      if (at === port) await fact(() => server.open() > 0 || server.refused() > 0);
      return loopback(host, at);
    },
  ];
}

describe.each(Object.entries(refusals))(
  'a server that takes one connection, and answers others with %s',
  (_, words) => {
    test.each(['source', 'target'] as const)('at the %s: one chunk after the other is moved', async (end) => {
      const source = await startFakeImap({ messages: chunkEach });
      const servers = { source: source.port, target: targetPort() };
      const limited = await startLimitedServer(servers[end], { most: 1, words });
      const job = jobBetween({ ...servers, [end]: limited.port }, { accounts: accounts() });
      try {
        const { summary, chunks } = await moveTwoAtOnce(job, together(limited.port, limited));
        expect(summary).toMatchObject({ moved: 6, skipped: 0, unexplained: 0 });
        expect(chunks).toBe(6);
        expect(await inboxAt(targetPort(), credentials())).toHaveLength(6);
        expect(await job.objects.size(keys.oneAtATime(job))).toBeGreaterThan(0);
        expect(limited.refused()).toBeGreaterThan(0);
        expect(limited.refused()).toBeLessThanOrEqual(10);
      } finally {
        limited.stop();
        source.stop();
        job.dispose();
      }
    });
  },
);

test.each([
  ['source', 1],
  ['source', 2],
  ['target', 1],
  ['target', 2],
] as const)('a Dovecot at the %s that takes %i connections of a user: all is moved', async (end, most) => {
  const limited = await startDovecot({ users, more: `mail_max_userip_connections = ${most}` });
  const own = credentials();
  const fake = await startFakeImap({ messages: chunkEach });
  const job = jobBetween(
    end === 'source'
      ? { source: limited.port, target: targetPort() }
      : { source: fake.port, target: limited.port },
    { accounts: accounts() },
  );
  try {
    if (end === 'source') {
      const from = await open(limited.port, own);
      // Two do not go into one chunk.
      await fill(
        from,
        'INBOX',
        [1, 2].map((at) => ({ body: letter(at, 17 * 1024 * 1024) })),
      );
      await from.logout();
    }
    const { summary, chunks } = await moveTwoAtOnce(job);
    const count = end === 'source' ? 2 : 6;
    expect(chunks).toBe(count);
    expect(summary).toMatchObject({ moved: count, skipped: 0, unexplained: 0 });
  } finally {
    fake.stop();
    job.dispose();
    await limited.stop();
  }
});

test('a log-in that is refused while another chunk is inside is tried once more when that one has left', async () => {
  const count = { inside: 0, refused: 0 };
  const held: (() => void)[] = [];
  const source = await startFakeImap({
    messages: chunkEach,
    answer: (command, tag, socket) => {
      if (/^EXAMINE/.test(command) && count.refused === 0 && copying) {
        held.push(
          () =>
            void socket.write(
              `* 6 EXISTS\r\n* OK [UIDVALIDITY 77] valid\r\n* OK [UIDNEXT 7] next\r\n${tag} OK done\r\n`,
            ),
        );
        return '';
      }
      if (!/^AUTHENTICATE/.test(command)) return undefined;
      if (count.inside > 0) {
        count.refused++;
        for (const answer of held.splice(0)) answer();
        return `${tag} NO Login failed\r\n`;
      }
      count.inside++;
      socket.once('close', () => count.inside--);
      return undefined;
    },
  });
  let copying = false;
  const job = jobBetween({ source: source.port, target: targetPort() }, { accounts: accounts() });
  try {
    await until(() => takeMailInventory(job), 0);
    await fact(() => count.inside === 0);
    copying = true;
    const first = until(() => copyMailChunk(job, { chunk: 0 }), 0);
    await fact(() => held.length > 0);
    await Promise.all([first, until(() => copyMailChunk(job, { chunk: 1 }), 0)]);
    expect(count.refused).toBe(1);
    for (const chunk of [2, 3, 4, 5]) await until(() => copyMailChunk(job, { chunk }), 0);
    await until(() => verifyMail(job), 0);
    expect(await readSummary(job.objects, job)).toMatchObject({ moved: 6, skipped: 0, unexplained: 0 });
  } finally {
    source.stop();
    job.dispose();
  }
});

describe('log-ins are few', () => {
  test.each(Object.entries(refusals))('where a server answers each connection with %s', async (_, words) => {
    const source = await startFakeImap({ messages: chunkEach });
    const limit = { most: 1, words };
    const limited = await startLimitedServer(targetPort(), limit);
    const job = jobBetween({ source: source.port, target: limited.port }, { accounts: accounts() });
    try {
      await until(() => takeMailInventory(job), 0);
      limit.most = 0;
      await expect(copyMailChunk(job, { chunk: 0 })).rejects.toMatchObject({
        name: expect.stringMatching(/^(?:RetryAfter|Transient)Error$/),
      });
      // Who asks to wait is asked once.
      expect(limited.refused()).toBe(/limit|maximum/i.test(words) ? 1 : 5);
      limit.most = 1;
      await until(() => copyMailChunk(job, { chunk: 0 }), 0);
    } finally {
      limited.stop();
      source.stop();
      job.dispose();
    }
  });

  test('where a server breaks off after each log-in', async () => {
    let broken = false;
    const source = await startFakeImap({
      messages: chunkEach,
      answer: (command, _, socket) => {
        if (!broken || !/^EXAMINE/.test(command)) return undefined;
        socket.destroy();
        return '';
      },
    });
    const job = jobBetween({ source: source.port, target: targetPort() }, { accounts: accounts() });
    try {
      await until(() => takeMailInventory(job), 0);
      broken = true;
      source.commands.length = 0;
      await expect(copyMailChunk(job, { chunk: 0 })).rejects.toMatchObject({ name: 'TransientError' });
      expect(source.commands.filter((one) => /^AUTHENTICATE/.test(one))).toHaveLength(10);
    } finally {
      source.stop();
      job.dispose();
    }
  });

  test('where a password no longer holds: one for all chunks of the account', async () => {
    let changed = false;
    const source = await startFakeImap({
      messages: chunkEach,
      answer: (command, tag) =>
        changed && /^AUTHENTICATE/.test(command)
          ? `${tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n`
          : undefined,
    });
    const job = jobBetween({ source: source.port, target: targetPort() }, { accounts: accounts() });
    try {
      await until(() => takeMailInventory(job), 0);
      changed = true;
      source.commands.length = 0;
      for (let chunk = 0; chunk < 6; chunk++) await until(() => copyMailChunk(job, { chunk }), 0);
      expect(source.commands.filter((one) => /^AUTHENTICATE/.test(one))).toHaveLength(1);
      await until(() => verifyMail(job), 0);
      expect(await readSummary(job.objects, job)).toMatchObject({ moved: 0, skipped: 6, unexplained: 0 });
      changed = false;
      const { summary } = await moveTwoAtOnce({ ...job, run: 2, previousRun: 1 });
      expect(summary).toMatchObject({ moved: 6, skipped: 0, unexplained: 0 });
    } finally {
      source.stop();
      job.dispose();
    }
  });
});
