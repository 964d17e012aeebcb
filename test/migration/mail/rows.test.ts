import { expect, test } from '@jest/globals';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { Dial } from '../../../functions/migration/mail/imap/open-connection.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { type FakeServer, startFakeImap } from './fake-imap.ts';
import { chunkEach, freshAccount } from './fresh-account.ts';
import { inboxAt, jobBetween, loopback, until } from './move.ts';

const { targetPort, credentials, accounts } = freshAccount();
const row = { chunk: 0, through: 5 };

interface Between {
  job: MailJob;
  source: { commands: string[] };
  /** Sockets to the target since the inventory, those that are closed among them. */
  targetSockets: { destroyed: boolean; destroy(): void }[];
}

async function withJob(fake: Partial<FakeServer>, work: (between: Between) => Promise<void>): Promise<void> {
  const source = await startFakeImap({ messages: chunkEach, ...fake });
  const targetSockets: Awaited<ReturnType<Dial>>[] = [];
  const dial: Dial = async (host, port) => {
    const socket = await loopback(host, port);
    if (port === targetPort()) targetSockets.push(socket);
    return socket;
  };
  const job = jobBetween({ source: source.port, target: targetPort() }, { accounts: accounts(), dial });
  try {
    await until(() => takeMailInventory(job), 0);
    source.commands.length = 0;
    targetSockets.length = 0;
    await work({ job, source, targetSockets });
  } finally {
    source.stop();
    job.dispose();
  }
}

async function expectAll(job: MailJob): Promise<void> {
  await until(() => verifyMail(job), 0);
  expect(await readSummary(job.objects, job)).toMatchObject({ moved: 6, skipped: 0, unexplained: 0 });
  expect(await inboxAt(targetPort(), credentials())).toHaveLength(6);
}

const count = (commands: readonly string[], name: RegExp) => commands.filter((one) => name.test(one)).length;

test('a row of chunks goes over one connection to each end, which opens the folder once', async () => {
  await withJob({}, async ({ job, source, targetSockets }) => {
    expect(await copyMailChunk(job, row)).toEqual({ more: false });
    expect(count(source.commands, /^AUTHENTICATE/)).toBe(1);
    expect(count(source.commands, /^EXAMINE/)).toBe(1);
    expect(count(source.commands, /^LOGOUT/)).toBe(1);
    expect(targetSockets).toHaveLength(1);
    expect(targetSockets.every((socket) => socket.destroyed)).toBe(true);
    await expectAll(job);
  });
});

test('a connection to the source that dies between two chunks is replaced, and nothing is read twice', async () => {
  let deaths = 0;
  const answer: FakeServer['answer'] = (command, _, socket) => {
    if (command !== 'NOOP' || deaths++ > 0) return undefined;
    socket.destroy();
    return '';
  };
  await withJob({ answer }, async ({ job, source }) => {
    expect(await copyMailChunk(job, row)).toEqual({ more: false });
    expect(deaths).toBeGreaterThan(1);
    expect(count(source.commands, /^AUTHENTICATE/)).toBe(2);
    expect(count(source.commands, /BODY/)).toBe(6);
    await expectAll(job);
  });
});

test('a connection to the target that dies between two chunks is replaced, and nothing is stored twice', async () => {
  let targets: Between['targetSockets'] = [];
  let deaths = 0;
  const answer: FakeServer['answer'] = (command) => {
    if (command === 'NOOP' && deaths++ === 0) for (const socket of targets) socket.destroy();
    return undefined;
  };
  await withJob({ answer }, async ({ job, targetSockets }) => {
    targets = targetSockets;
    expect(await copyMailChunk(job, row)).toEqual({ more: false });
    expect(targetSockets).toHaveLength(2);
    await expectAll(job);
  });
});

test('where time runs short the row stops between two chunks, leaves both ends, and goes on in the next call', async () => {
  await withJob({}, async ({ job, source, targetSockets }) => {
    const short = { ...job, remaining: () => (count(source.commands, /BODY/) < 2 ? 600_000 : 19_000) };
    expect(await copyMailChunk(short, row)).toEqual({ more: true });
    expect(count(source.commands, /BODY/)).toBe(2);
    expect(count(source.commands, /^LOGOUT/)).toBe(1);
    expect(targetSockets.every((socket) => socket.destroyed)).toBe(true);
    expect(await copyMailChunk(job, row)).toEqual({ more: false });
    expect(count(source.commands, /BODY/)).toBe(6);
    await expectAll(job);
  });
});

test('a row run three times at once leaves each message once', async () => {
  await withJob({}, async ({ job }) => {
    const run = () => until(() => copyMailChunk(job, row), 5);
    await Promise.all([run(), run(), run()]);
    await expectAll(job);
  });
});

test('an account that does not open any more is tried once for the whole row', async () => {
  let changed = false;
  const answer: FakeServer['answer'] = (command, tag) =>
    changed && /^AUTHENTICATE/.test(command) ? `${tag} NO [AUTHENTICATIONFAILED] No.\r\n` : undefined;
  await withJob({ answer }, async ({ job, source }) => {
    changed = true;
    expect(await copyMailChunk(job, row)).toEqual({ more: false });
    expect(count(source.commands, /^AUTHENTICATE/)).toBe(1);
    await until(() => verifyMail(job), 0);
    expect(await readSummary(job.objects, job)).toMatchObject({ moved: 0, skipped: 6, unexplained: 0 });
  });
});

test.each([
  [29_999, [{ chunk: 0 }, { chunk: 1 }, { chunk: 2 }, { chunk: 3 }, { chunk: 4 }]],
  [30_000, [{ chunk: 0, through: 4 }]],
])('a folder of %i messages', async (folder, rows) => {
  const body = Buffer.from('Subject: s\r\n\r\n');
  const many = Array.from({ length: folder }, (_, at) => ({ uid: at + 1, body, size: 5000 }));
  await withJob({ messages: many }, async ({ job }) => {
    const taken = await takeMailInventory(job);
    const planned: object[] = [];
    if (!taken.more)
      for await (const one of readLines<object>(job.objects, taken.chunksKey)) planned.push(one);
    expect(planned).toEqual(rows.map((one) => ({ through: one.chunk, ...one })));
  });
});
