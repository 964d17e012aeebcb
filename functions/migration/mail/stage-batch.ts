import { stagePack, unstagePack } from '../staging.ts';
import type { ReadMessage } from './batch.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';

interface Header {
  uids: number[];
  sha256: string[];
}

export interface StagedMessage {
  uid: number;
  body: Buffer;
  sha256: string;
}

/** Where a chunk keeps its temporary copies. */
export interface Staging {
  job: MailJob;
  dataKey: Buffer;
  plan: string;
  chunk: number;
  runner: string;
}

let number = 0;

/** Keeps what was read, encrypted, so that a retry does not read the source again. */
export async function stageBatch(
  staging: Staging,
  mailbox: number,
  messages: readonly ReadMessage[],
): Promise<void> {
  const { job, dataKey, runner } = staging;
  await stagePack<Header>(job.objects, dataKey, `${prefixOf(staging, mailbox)}${runner}-${number++}`, {
    header: { uids: messages.map(({ line }) => line.uid!), sha256: messages.map((one) => one.sha256) },
    contents: messages.map(({ body }) => body),
  });
}

/** What earlier attempts staged of a folder; a copy that does not open is left out, and the source read again. */
export async function* stagedBatches(staging: Staging, mailbox: number): AsyncGenerator<StagedMessage[]> {
  const { job, dataKey } = staging;
  const found: string[] = [];
  for await (const { key } of job.objects.list(prefixOf(staging, mailbox))) found.push(key);
  for (const key of found) {
    const pack = await unstagePack<Header>(job.objects, dataKey, key);
    if (!pack) continue;
    yield pack.contents.map((body, index) => ({
      uid: pack.header.uids[index]!,
      body,
      sha256: pack.header.sha256[index]!,
    }));
  }
}

const prefixOf = ({ job, plan, chunk }: Staging, mailbox: number) =>
  `${keys.staged(job, plan, chunk)}${mailbox}/`;
