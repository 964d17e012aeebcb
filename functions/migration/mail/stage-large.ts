import { TransientError } from '../../case/errors.ts';
import { stagePack, unstagePack } from '../staging.ts';
import { type Identity, identify } from './canonical.ts';
import * as keys from './keys.ts';
import type { Staging } from './stage-batch.ts';

/** Bytes of one part: what is in memory of a message of any size. */
const partBytes = 4 * 1024 * 1024;

/** A staged message of any size. */
export interface LargeMessage {
  identity: Identity;
  holdsNul: boolean;
  pieces(): AsyncIterable<Buffer>;
}

interface Header {
  identity: Identity;
  holdsNul: boolean;
  /** Names of the parts: two runs at once do not mix theirs. */
  parts: string[];
}

/** What an earlier attempt staged as a whole; undefined when the source must be read. */
export async function stagedLarge(
  staging: Staging,
  mailbox: number,
  uid: number,
): Promise<LargeMessage | undefined> {
  const pack = await unstagePack<Header>(
    staging.job.objects,
    staging.dataKey,
    keyOf(staging, mailbox, uid, 'whole'),
  );
  return pack && asMessage(staging, mailbox, uid, pack.header);
}

/** Reads a message once and stages it in parts as it comes. */
export async function stageLarge(
  staging: Staging,
  mailbox: number,
  uid: number,
  body: AsyncIterable<Buffer>,
): Promise<LargeMessage> {
  const { job, dataKey, runner } = staging;
  const parts: string[] = [];
  let part: Buffer[] = [];
  let bytes = 0;
  let holdsNul = false;
  const flush = async () => {
    const name = `${runner}-${parts.length}`;
    const pack = { header: {}, contents: [Buffer.concat(part)] };
    await stagePack(job.objects, dataKey, keyOf(staging, mailbox, uid, name), pack);
    parts.push(name);
    part = [];
    bytes = 0;
  };
  const identity = await identify(
    (async function* () {
      for await (const piece of body) {
        yield piece;
        holdsNul ||= piece.includes(0);
        part.push(piece);
        bytes += piece.length;
        if (bytes >= partBytes) await flush();
      }
      await flush();
    })(),
  );
  const header = { identity, holdsNul, parts };
  await stagePack<Header>(job.objects, dataKey, keyOf(staging, mailbox, uid, 'whole'), {
    header,
    contents: [],
  });
  return asMessage(staging, mailbox, uid, header);
}

function asMessage(
  staging: Staging,
  mailbox: number,
  uid: number,
  { identity, holdsNul, parts }: Header,
): LargeMessage {
  return {
    identity,
    holdsNul,
    async *pieces() {
      for (const name of parts) {
        const key = keyOf(staging, mailbox, uid, name);
        const pack = await unstagePack(staging.job.objects, staging.dataKey, key);
        if (!pack) throw new TransientError('一時コピーが読めませんでした。移行元からもう一度読み取ります。');
        yield* pack.contents;
      }
    },
  };
}

/** Below another prefix than the batches. */
const keyOf = ({ job, plan, chunk }: Staging, mailbox: number, uid: number, part: string) =>
  `${keys.staged(job, plan, chunk)}large/${mailbox}.${uid}/${part}`;
