import { expect, test } from '@jest/globals';
import { RetryAfterError } from '../../../functions/case/errors.ts';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import { expunge } from '../../../functions/migration/mail/imap/expunge.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { type FakeMessage, startFakeImap } from './fake-imap.ts';
import { freshAccount } from './fresh-account.ts';
import { letter } from './mailboxes.ts';
import { inboxAt, jobBetween, open } from './move.ts';

const { targetPort, credentials } = freshAccount();
const accounts = () => [
  {
    user: 'source-user',
    password: 'geheim',
    targetUser: credentials().user,
    targetPassword: credentials().password,
  },
];
const messages: FakeMessage[] = Array.from({ length: 12 }, (_, at) => ({
  uid: 3 * at + 5,
  body: letter(at, 900 + 71 * at),
}));

/** Refuses this many log-ins before it takes one. */
interface Gate {
  left: number;
  seen: number;
}

/** As the state machine does it: waits and calls again. Returns what each call that failed threw. */
async function persist(work: () => Promise<{ more: boolean }>): Promise<Error[]> {
  const errors: Error[] = [];
  for (;;) {
    try {
      if (!(await work()).more) return errors;
    } catch (error) {
      const { name } = error as Error;
      if (!['RetryAfterError', 'TransientError'].includes(name) || errors.length > 10) throw error;
      errors.push(error as Error);
    }
  }
}

/** A whole run, with the gate shut for `times` log-ins before each step. */
async function moveThrough(job: MailJob, gate: Gate, times: number) {
  const step = (work: () => Promise<{ more: boolean }>) => {
    gate.left = times;
    return persist(work);
  };
  let chunksKey = '';
  const inventory = await step(async () => {
    const taken = await takeMailInventory(job);
    if (!taken.more) chunksKey = taken.chunksKey;
    return taken;
  });
  const copy: Error[] = [];
  for await (const chunk of readLines<{ chunk: number }>(job.objects, chunksKey))
    copy.push(...(await step(() => copyMailChunk(job, chunk))));
  const verify = await step(() => verifyMail(job));
  return { summary: (await readSummary(job.objects, job))!, inventory, copy, verify };
}

const three = (name: string) => [name, name, name].map((name) => expect.objectContaining({ name }));

test.each([
  ['NO [UNAVAILABLE] Temporary authentication failure', 'RetryAfterError'],
  ['NO [LIMIT] Log-in rate exceeded', 'RetryAfterError'],
  ['NO [INUSE] Mailbox is in use', 'RetryAfterError'],
  ['NO [ALERT] Maximum number of connections from user+IP exceeded', 'RetryAfterError'],
  ['* BYE [UNAVAILABLE] Log-ins are limited', 'RetryAfterError'],
  ['* BYE Not now', 'TransientError'],
])('a source that answers log-ins with %s is waited for, and nothing is left out', async (words, name) => {
  const gate: Gate = { left: 0, seen: 0 };
  const source = await startFakeImap({
    messages,
    answer: (command, tag, socket) => {
      if (!/^AUTHENTICATE/.test(command)) return undefined;
      gate.seen++;
      if (gate.left-- <= 0) return undefined;
      if (!words.startsWith('*')) return `${tag} ${words}\r\n`;
      socket.end(`${words}\r\n`);
      return '';
    },
  });
  const job = jobBetween({ source: source.port, target: targetPort() }, { accounts: accounts() });
  try {
    const begun = Date.now();
    const { summary, inventory, copy } = await moveThrough(job, gate, 3);
    expect(summary).toMatchObject({ moved: 12, altered: 0, skipped: 0, unexplained: 0 });
    expect(inventory).toEqual(three(name));
    // A plain BYE is a broken connection: the call itself tries again.
    expect(copy).toEqual(name === 'RetryAfterError' ? three(name) : []);
    for (const error of [...inventory, ...copy]) {
      if (error instanceof RetryAfterError)
        expect(error.retryAt.getTime()).toBeGreaterThanOrEqual(begun + 60_000);
      expect(error.message).not.toContain('geheim');
    }
    // Each refusal is one log-in: none is answered with more of them.
    expect(gate.seen).toBe(2 * (3 + 1));
    expect(await inboxAt(targetPort(), credentials())).toHaveLength(12);
  } finally {
    source.stop();
    job.dispose();
  }
});

test('a target that refuses log-ins is waited for in every step', async () => {
  const gate: Gate = { left: 0, seen: 0 };
  const source = await startFakeImap({ messages });
  const proxy = await startCuttingProxy(targetPort(), {
    alter: (data) => {
      const [, tag] = /^(h\d+) OK .*Logged in/m.exec(data.toString('latin1')) ?? [];
      if (tag === undefined) return data;
      gate.seen++;
      return gate.left-- > 0 ? Buffer.from(`${tag} NO [LIMIT] Too many log-ins\r\n`) : data;
    },
  });
  const job = jobBetween({ source: source.port, target: proxy.port }, { accounts: accounts() });
  try {
    const { summary, ...errors } = await moveThrough(job, gate, 3);
    expect(summary).toMatchObject({ moved: 12, altered: 0, skipped: 0, unexplained: 0 });
    for (const step of Object.values(errors)) expect(step).toEqual(three('RetryAfterError'));
    expect(gate.seen).toBe(3 * (3 + 1));
    expect(await inboxAt(targetPort(), credentials())).toHaveLength(12);
  } finally {
    source.stop();
    proxy.stop();
    job.dispose();
  }
});

test('one connection to each end at a time, also while the verification moves again what was lost', async () => {
  const source = await startFakeImap({ messages });
  const atTarget: string[] = [];
  const sessions = /\b(?:AUTHENTICATE|LOGOUT)\b/g;
  const proxy = await startCuttingProxy(targetPort(), {
    note: (data) => void atTarget.push(...(data.toString('latin1').match(sessions) ?? [])),
  });
  const job = jobBetween({ source: source.port, target: proxy.port }, { accounts: accounts() });
  try {
    await persist(() => takeMailInventory(job));
    expect(await persist(() => copyMailChunk(job, { chunk: 0 }))).toEqual([]);
    const to = await open(targetPort(), credentials());
    await selectMailbox(to, 'INBOX', 'SELECT');
    await expunge(to, [2, 5]);
    await to.logout();
    expect(await persist(() => verifyMail(job))).toEqual([]);
    expect(await readSummary(job.objects, job)).toMatchObject({ moved: 12, unexplained: 0 });
    expect(await inboxAt(targetPort(), credentials())).toHaveLength(12);
    // Each session is left before the next one begins.
    for (const end of [source.commands.join('\n').match(sessions) ?? [], atTarget]) {
      expect(end.length).toBeGreaterThanOrEqual(4);
      expect(end).toEqual(end.map((_, at) => (at % 2 === 0 ? 'AUTHENTICATE' : 'LOGOUT')));
    }
  } finally {
    source.stop();
    proxy.stop();
    job.dispose();
  }
});
