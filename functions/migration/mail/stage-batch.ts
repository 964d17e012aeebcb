import { stagePack, unstagePack } from '../staging.ts';
import { joined } from './arena.ts';
import type { ReadMessage } from './batch.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';

interface Header {
  uids: number[];
  sha256: string[];
  lengths: number[];
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
  into?: Buffer,
): Promise<void> {
  const { job, dataKey, runner } = staging;
  const header = {
    uids: messages.map(({ line }) => line.uid!),
    sha256: messages.map((one) => one.sha256),
    lengths: messages.map(({ body }) => body.length),
  };
  const contents = [joined(messages.map(({ body }) => body))];
  const key = `${prefixOf(staging, mailbox)}${runner}-${number++}`;
  await stagePack<Header>(job.objects, dataKey, key, { header, contents }, into);
}

/** What earlier attempts staged of a folder; a copy that does not open is left out, and the source read again. */
export async function* stagedBatches(staging: Staging, mailbox: number): AsyncGenerator<StagedMessage[]> {
  const { job, dataKey } = staging;
  const found: string[] = [];
  for await (const { key } of job.objects.list(prefixOf(staging, mailbox))) found.push(key);
  for (const key of found) {
    const pack = await unstagePack<Header>(job.objects, dataKey, key);
    if (!pack) continue;
    const { uids, sha256, lengths } = pack.header;
    let at = 0;
    yield lengths.map((length, index) => {
      const body = pack.contents[0]!.subarray(at, at + length);
      at += length;
      return { uid: uids[index]!, body, sha256: sha256[index]! };
    });
  }
}

const prefixOf = ({ job, plan, chunk }: Staging, mailbox: number) =>
  `${keys.staged(job, plan, chunk)}${mailbox}/`;
