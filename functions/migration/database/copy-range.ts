import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { TransientError } from '../../case/errors.ts';
import * as keys from '../keys.ts';
import { linesOf } from '../ndjson.ts';
import { markProgress } from '../progress.ts';
import type { DatabaseLine } from './line.ts';
import { type CopyWorker, RowsRefused, TableChanged } from './pair.ts';
import {
  type RangePlace,
  RangeStage,
  readStaged,
  StagedCopyBroken,
  type StagedRange,
  stagedRange,
} from './range-stage.ts';

const deliveries = 4;

/**
 * One part of a table: read from the source, hashed, staged and delivered in one stream; its line of the ledger is
 * written last. What is staged is delivered from there. Twice, or twice at once, has the same end as once.
 */
export async function copyRange(place: RangePlace, worker: CopyWorker, line: DatabaseLine): Promise<void> {
  if (await isDone(place)) return;
  const held = await worker.hold(line);
  if (!held) throw new TransientError('同じ範囲を別の処理が移行中です。しばらくしてから続きを行います。');
  try {
    if (await isDone(place)) return;
    await finish(place, await copied(place, worker, line));
  } finally {
    await held.release();
  }
}

async function copied(place: RangePlace, worker: CopyWorker, line: DatabaseLine): Promise<DatabaseLine> {
  const why = await worker.whyChanged(line);
  if (why !== undefined) return { ...line, outcome: 'skipped', why };
  try {
    const checksum = line.known ? await worker.sameChecksum(line) : undefined;
    if (checksum !== undefined) return { ...line, outcome: 'unchanged', checksum };
    const staged = await deliverOnce(place, worker, line);
    const { rows, bytes, sha256 } = staged;
    return { ...line, outcome: line.how === undefined ? 'moved' : 'altered', rows, size: bytes, sha256 };
  } catch (error) {
    if (!(error instanceof RowsRefused || error instanceof TableChanged)) throw error;
    return { ...line, outcome: 'skipped', why: error.message };
  }
}

async function deliverOnce(place: RangePlace, worker: CopyWorker, line: DatabaseLine): Promise<StagedRange> {
  let staged = await stagedRange(place);
  for (let attempt = 1; ; attempt++) {
    try {
      if (!staged) {
        const first = await readAndDeliver(place, worker, line);
        staged = first.staged;
        if (first.problem) throw first.problem;
        return staged;
      }
      const { rows } = staged;
      await worker.deliver(line, readStaged(place, staged), () => rows);
      return staged;
    } catch (error) {
      if (error instanceof StagedCopyBroken) staged = undefined;
      else if (!staged || !(error instanceof TransientError)) throw error;
      if (attempt === deliveries) throw error;
      await wait(100 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

/** Reading goes on to its end even when the delivery fails: the source is not asked twice. */
async function readAndDeliver(
  place: RangePlace,
  worker: CopyWorker,
  line: DatabaseLine,
): Promise<{ staged: StagedRange; problem?: Error }> {
  const reading = worker.read(line);
  const stage = new RangeStage(place);
  const content = new PassThrough({ objectMode: true, highWaterMark: 2 });
  // Its failure is the reader's, which is thrown below.
  content.on('error', () => undefined);
  let problem: Error | undefined;
  const delivering = worker.deliver(line, content, reading.rows).catch((error: Error) => {
    problem = error;
    content.destroy();
  });
  try {
    for await (const piece of reading.content as AsyncIterable<Buffer>) {
      await stage.add(piece);
      if (!problem && !content.destroyed && !content.write(piece)) await drained(content);
    }
    const staged = await stage.finish(reading.rows());
    content.end();
    await delivering;
    return problem ? { staged, problem } : { staged };
  } catch (error) {
    content.destroy(error as Error);
    await delivering;
    throw error;
  }
}

function drained(content: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      content.off('drain', done);
      content.off('close', done);
      resolve();
    };
    content.on('drain', done);
    content.on('close', done);
  });
}

async function isDone({ job, plan, chunk, range }: RangePlace): Promise<boolean> {
  return (await job.objects.size(keys.ledgerPart(job, plan, chunk, range))) !== undefined;
}

async function finish({ job, plan, chunk, range }: RangePlace, line: DatabaseLine): Promise<void> {
  await job.objects.put(keys.ledgerPart(job, plan, chunk, range), linesOf([line]));
  await markProgress(job, plan, { chunk, pack: range }, { objects: 1, bytes: line.size });
}
