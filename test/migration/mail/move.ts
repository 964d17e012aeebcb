import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransferSummary } from '../../../functions/case/case.ts';
import { mailAccess } from '../../../functions/case/mail-access.ts';
import { copyMailChunk } from '../../../functions/migration/mail/copy-mail-chunk.ts';
import type { Credentials } from '../../../functions/migration/mail/imap/authenticate.ts';
import type { ImapConnection } from '../../../functions/migration/mail/imap/connection.ts';
import { type Dial, openConnection } from '../../../functions/migration/mail/imap/open-connection.ts';
import type { MailJob } from '../../../functions/migration/mail/job.ts';
import type { MailLine } from '../../../functions/migration/mail/lines.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { verifyMail } from '../../../functions/migration/mail/verify-mail.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readPlan } from '../../../functions/migration/plan-chunks.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { contents } from './mailboxes.ts';

export const loopback: Dial = async (host, port) => {
  const socket = connect({ host, port });
  socket.on('error', () => {});
  return socket;
};

export const caseId = 'HK-TEST-0001';

/** A job on objects in a temporary folder; `dispose` removes it. */
export function jobBetween(
  ports: { source: number; target: number },
  { folder, ...more }: Partial<MailJob> & { folder?: string; options?: object } = {},
): MailJob & { folder: string; dispose(): void } {
  const place = folder ?? mkdtempSync(join(tmpdir(), 'mail-job-'));
  const secrets = new Map<string, string>([['data-key', Buffer.alloc(32, 7).toString('base64')]]);
  const { options, ...rest } = more;
  return {
    caseId,
    plan: 'mail',
    run: 1,
    objects: fileObjects(place),
    vault: {
      put: async (_, name, value) => void secrets.set(name, value),
      get: async (_, name) => secrets.get(name),
      erase: async () => 0,
    },
    remaining: () => 600_000,
    access: mailAccess.parse({
      source: { host: '127.0.0.1', port: ports.source, security: 'plain' },
      target: { host: '127.0.0.1', port: ports.target, security: 'plain' },
      verify: 'full',
      ...options,
    }),
    accounts: [{ user: 'taro', password: 'himitsu', targetUser: 'taro', targetPassword: 'himitsu' }],
    dial: loopback,
    idleMs: 10_000,
    pauseMs: 5,
    ...rest,
    folder: place,
    dispose: () => rmSync(place, { recursive: true, force: true }),
  };
}

/** A whole run as the state machine does it: inventory, chunks two at once, verification. */
export async function move(job: MailJob, retries = 6): Promise<TransferSummary> {
  await until(() => takeMailInventory(job), retries);
  await copyChunks(job, retries);
  await until(() => verifyMail(job), retries);
  return (await readSummary(job.objects, job))!;
}

/** All chunks of a run that is planned, two at once. */
export async function copyChunks(job: MailJob, retries = 6): Promise<void> {
  const chunks: { chunk: number }[] = [];
  const { chunksKey } = (await readPlan(job))!;
  for await (const chunk of readLines<{ chunk: number }>(job.objects, chunksKey)) chunks.push(chunk);
  const worker = async () => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      const one = chunk;
      await until(() => copyMailChunk(job, one), retries);
    }
  };
  await Promise.all([worker(), worker()]);
}

/** The ledger of a run that is verified. */
export async function ledgerOf(job: MailJob): Promise<MailLine[]> {
  const { ledgerKey } = (await readSummary(job.objects, job))!;
  const lines: MailLine[] = [];
  for await (const line of readLines<MailLine>(job.objects, ledgerKey)) lines.push(line);
  return lines;
}

/** Calls again while there is more to do, and after an error that the state machine retries. */
export async function until<T extends { more: boolean }>(
  work: () => Promise<T>,
  retries: number,
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      const result = await work();
      if (!result.more) return result;
    } catch (error) {
      if ((error as Error).name !== 'TransientError' || ++failures > retries) throw error;
    }
  }
}

export function open(
  port: number,
  credentials: Credentials = { user: 'taro', password: 'himitsu' },
): Promise<ImapConnection> {
  const address = { host: '127.0.0.1', port, security: 'plain' } as const;
  return openConnection(address, credentials, loopback, {
    idleMs: 10_000,
    until: () => Number.MAX_SAFE_INTEGER,
  });
}

/** What lies in an account's INBOX, as `contents` says it. */
export async function inboxAt(port: number, credentials: Credentials): Promise<string[]> {
  const connection = await open(port, credentials);
  const { INBOX = [] } = await contents(connection);
  await connection.logout();
  return INBOX;
}
