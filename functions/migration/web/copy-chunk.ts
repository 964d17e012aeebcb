import { TerminalError } from '../../case/errors.ts';
import { bytesToRead, isLarge, packBytes, packsOf } from '../chunk.ts';
import { dataKey } from '../data-key.ts';
import { countFruitless } from '../fruitless.ts';
import { inTime } from '../in-time.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { linesOf, readLines } from '../ndjson.ts';
import type { ObjectLine } from '../object-line.ts';
import { readPlan } from '../plan-chunks.ts';
import { markProgress } from '../progress.ts';
import { type Pack, stagePack, unstagePack } from '../staging.ts';
import { copyLargeFile } from './copy-large-file.ts';
import { deliverPack } from './deliver-pack.ts';
import type { Job } from './job.ts';
import { underSourceNames } from './names/plan-names.ts';
import { type PackHeader, readPack } from './read-pack.ts';
import { TargetDirectories } from './target-directories.ts';

export interface ChunkCopied {
  more: boolean;
}

/** One chunk of a plan, on its way. */
export interface ChunkWork {
  job: Job;
  plan: string;
  chunk: number;
  /** Of the plan. */
  newest?: number;
  dataKey: Buffer;
  /** What is staged is sealed into it, one after the other. */
  sealed: Buffer;
}

const tooSlow =
  '転送が遅すぎて進みません。移行済みの分は保持しています。回線と速度制限の設定を確認してから再開してください。';
/** Of a staged pack for each object, beside its content: for the most part its hash. */
const headerBytes = 256;

/**
 * Copies one chunk: each pack is read from the source, staged, delivered, and has its part of the ledger written. What
 * is staged is not read again, what has a part is not delivered again; running twice, even at once, is harmless.
 * Returns `more` when time ran short. Throws TransientError or TerminalError; calling again goes on.
 */
export async function copyChunk(run: Job, chunk: number): Promise<ChunkCopied> {
  const plan = await readPlan(run);
  if (!plan || !Number.isInteger(chunk) || chunk < 0 || chunk >= plan.chunks) {
    throw new TerminalError('この移行には、その番号の作業単位がありません。何も変更していません。');
  }
  const job = await underSourceNames(run, plan.id);
  const lines: ObjectLine[] = [];
  for await (const line of readLines<ObjectLine>(job.objects, keys.chunkObjects(job, plan.id, chunk))) {
    lines.push(line);
  }
  const bytes = Math.max(0, ...packsOf(lines).map(bytesOf));
  const work: ChunkWork = {
    job,
    plan: plan.id,
    chunk,
    ...(plan.newest !== undefined && { newest: plan.newest }),
    dataKey: await dataKey(job.vault, job.caseId),
    sealed: Buffer.allocUnsafeSlow(bytes + headerBytes * (lines.length + 1)),
  };
  const large = lines[0] && isLarge(lines[0]) ? lines[0] : undefined;
  const progress = { made: false };
  const copied = await inTime(
    job,
    large ? copyLargeFile(work, large, progress) : copyPacks(work, lines, progress),
  );
  if (copied) return { more: false };
  await countFruitless(job, `${keys.chunkState(job, plan.id, chunk)}.calls`, progress.made, tooSlow);
  return { more: true };
}

/** At most packBytes: a larger file moves in parts. */
function bytesOf(pack: readonly ObjectLine[]): number {
  return Math.min(
    packBytes,
    pack.reduce((sum, line) => sum + bytesToRead(line), 0),
  );
}

/** False when time ran short. The next pack is read while one is delivered. */
async function copyPacks(
  work: ChunkWork,
  lines: readonly ObjectLine[],
  progress: { made: boolean },
): Promise<boolean> {
  const packs = packsOf(lines);
  const done = await finishedPacks(work);
  const directories = new TargetDirectories(work.job.target);
  const open = packs.flatMap((pack, number) => (done.has(number) ? [] : [{ pack, number }]));
  if (open.length > 0) makeReady(work.job);
  // One for the pack that is delivered, one for the next.
  const bytes = Math.max(0, ...packs.map(bytesOf));
  const rooms = [Buffer.allocUnsafeSlow(bytes), Buffer.allocUnsafeSlow(bytes)];
  let ahead: Promise<Pack<PackHeader>> | undefined;
  for (const [index, { pack, number }] of open.entries()) {
    if (timeIsShort(work.job)) return false;
    const read = await (ahead ?? obtain(work, pack, number, rooms[index % 2]!));
    const following = open[index + 1];
    ahead = following && obtain(work, following.pack, following.number, rooms[(index + 1) % 2]!);
    ahead?.catch(() => undefined);
    const delivered = await deliverPack(work.job, directories, pack, read);
    await finishPack(
      work,
      number,
      delivered,
      pack.reduce((sum, line) => sum + bytesToRead(line), 0),
    );
    progress.made = true;
  }
  return true;
}

/** Empty batches: where a shell serves batches, both ends log in meanwhile. What goes wrong the first pack meets again. */
function makeReady({ source, target }: Job): void {
  for (const begun of [source.readMany([]), target.writeMany([])]) begun.catch(() => undefined);
}

/** From the staged copy where there is one: the source is not read twice. */
async function obtain(
  work: ChunkWork,
  lines: readonly ObjectLine[],
  number: number,
  room: Buffer,
): Promise<Pack<PackHeader>> {
  const key = keys.stagedPack(work.job, work.plan, work.chunk, String(number));
  const staged = await unstagePack<PackHeader>(work.job.objects, work.dataKey, key);
  if (staged) return staged;
  const pack = await readPack(work.job.source, lines, work.newest, room);
  if (pack.header.length > 0) await stagePack(work.job.objects, work.dataKey, key, pack, work.sealed);
  return pack;
}

export async function finishPack(
  work: ChunkWork,
  number: number,
  lines: readonly ObjectLine[],
  bytes: number,
): Promise<void> {
  const { job, plan, chunk } = work;
  await job.objects.put(keys.ledgerPart(job, plan, chunk, number), linesOf(lines));
  await markProgress(job, plan, { chunk, pack: number }, { objects: lines.length, bytes });
}

async function finishedPacks({ job, plan, chunk }: ChunkWork): Promise<Set<number>> {
  const prefix = keys.ledgerPart(job, plan, chunk, 0).replace(/0\.ndjson$/, '');
  const done = new Set<number>();
  for await (const { key } of job.objects.list(prefix))
    done.add(Number.parseInt(key.slice(prefix.length), 10));
  return done;
}
