import { createHash } from 'node:crypto';
import { TransientError } from '../../case/errors.ts';
import { batchesOfUids, largeBytes } from './batch.ts';
import { type Identity, identify } from './canonical.ts';
import type { ImapConnection } from './imap/connection.ts';
import { AccountRefusedError, ImapRefusedError, UnreadableError } from './imap/errors.ts';
import { fetchBodies, fetchLarge } from './imap/fetch-bodies.ts';
import type { MailLine } from './lines.ts';
import type { TargetMessage } from './list-target.ts';
import { openSource } from './open-account.ts';
import type { MailSource } from './source.ts';
import type { Where } from './verify-lines.ts';

/** Of a sample, every so many messages are read again, beginning with the first of each chunk and folder. */
const sampleEvery = 20;

/**
 * Reads messages at the target again and compares their hashes: all, a sample, and whatever has another size than it
 * had. What differs only in line ends and NULs was altered by the target's server, and the ledger says so.
 */
export async function compareContents(
  where: Where,
  openTarget: () => Promise<ImapConnection>,
  lines: readonly MailLine[],
  there: ReadonlyMap<number, TargetMessage>,
): Promise<MailLine[]> {
  const { verify } = where.job.access;
  let count = 0;
  const suspects = lines.filter((line) => {
    const message = line.target === undefined ? undefined : there.get(line.target);
    if (!message || line.kind !== 'message' || line.verified === 'missing' || line.sha256 === undefined)
      return false;
    return (
      verify === 'full' || message.size !== (line.targetSize ?? line.size) || count++ % sampleEvery === 0
    );
  });
  const messagesOf = (lines: readonly MailLine[]) =>
    lines.map((line) => ({ uid: line.target!, size: there.get(line.target!)!.size }));
  const hashes = await readTarget(openTarget, messagesOf(suspects), hashOf);
  const differing = suspects.filter(
    (line) => hashes.get(line.target!) !== (line.targetSha256 ?? line.sha256),
  );
  const originals = await readOriginals(where, differing);
  const copies = await readTarget(openTarget, messagesOf(differing), identify);
  const changed = new Map(
    differing.map((line) => [line, compare(line, originals.get(line.uid!), copies.get(line.target!))]),
  );
  return lines.map((line) => changed.get(line) ?? line);
}

function compare(line: MailLine, original: Identity | undefined, seen: Identity | undefined): MailLine {
  if (
    original &&
    seen &&
    original.sha256 === line.sha256 &&
    original.canonicalSha256 === seen.canonicalSha256
  ) {
    const how = [line.how, '移行先のサーバーが改行またはNULを整えました'].filter(Boolean).join('、');
    return {
      ...line,
      ...(line.outcome === 'unchanged' ? {} : { outcome: 'altered' as const }),
      how,
      targetSize: seen.size,
      targetSha256: seen.sha256,
    };
  }
  const remark = !seen
    ? '移行先で読み直せないため、内容を照合できません'
    : original
      ? '移行先の内容が移行元と異なります'
      : '移行先の内容が送ったものと異なり、移行元で読み直して確かめることもできません';
  return { ...line, verified: 'differs', remark };
}

/** The source is asked only for the few messages that differ. */
async function readOriginals(
  { job, planned }: Where,
  lines: readonly MailLine[],
): Promise<Map<number, Identity>> {
  const originals = new Map<number, Identity>();
  if (lines.length === 0) return originals;
  let source: MailSource;
  try {
    source = await openSource(job, lines[0]!.account);
  } catch (error) {
    if (error instanceof AccountRefusedError) return originals;
    throw error;
  }
  try {
    await source.open(planned.source);
    for (const { uid } of lines) {
      const read = source.readLarge(uid!, async (_, body) => {
        originals.set(uid!, await identify(body));
      });
      await read.catch(unlessUnreadable);
    }
  } catch (error) {
    if (!(error instanceof ImapRefusedError)) throw error;
  } finally {
    await source.close();
  }
  return originals;
}

/**
 * `openTarget` gives a connection with the folder selected. As long as each brings something, broken ones do no harm; what
 * the server does not give is left out.
 */
async function readTarget<T>(
  openTarget: () => Promise<ImapConnection>,
  messages: readonly { uid: number; size: number }[],
  digest: (body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => Promise<T>,
): Promise<Map<number, T>> {
  const read = new Map<number, T>();
  for (;;) {
    const before = read.size;
    const rest = messages.filter(({ uid }) => !read.has(uid));
    if (rest.length === 0) return read;
    try {
      const target = await openTarget();
      for (const { uid } of rest.filter(({ size }) => size > largeBytes)) {
        const large = fetchLarge(target, uid, async (_, body) => {
          read.set(uid, await digest(body));
        });
        await large.catch(unlessUnreadable);
      }
      const small = fetchBodies(
        target,
        batchesOfUids(rest.filter(({ size }) => size <= largeBytes)),
        async (uid, body) => {
          read.set(uid, await digest([body]));
        },
      );
      await small.catch(unlessUnreadable);
      return read;
    } catch (error) {
      if (!(error instanceof TransientError) || read.size === before) throw error;
    }
  }
}

function unlessUnreadable(error: Error): void {
  if (!(error instanceof UnreadableError)) throw error;
}

async function hashOf(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of body) hash.update(piece);
  return hash.digest('hex');
}
