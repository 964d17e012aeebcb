import { TerminalError } from '../../case/errors.ts';
import { inParallel } from '../in-parallel.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { linesOf, readJson, readLines, readLinesIfAny } from '../ndjson.ts';
import { type Plan, readPlan } from '../plan-chunks.ts';
import { readSummary, type TransferVerified, transferVerified } from '../summary.ts';
import { Verification } from '../verification.ts';
import type { DatabaseJob } from './job.ts';
import type { DatabaseLine } from './line.ts';
import { openVerified } from './open-pair.ts';
import type { VerifiedPair } from './pair.ts';

const linesAtOnce = 2;
const linesUntilSaved = 200;

/**
 * Makes what comes after the rows (views, triggers, counters …), then reads both ends again and compares: definitions,
 * row counts and checksums. Ends with ledger, report and summary below `records/`. Throws TransientError or
 * TerminalError; calling again goes on.
 */
export async function verifyDatabase(job: DatabaseJob): Promise<TransferVerified> {
  const finished = await readSummary(job.objects, job);
  if (finished) return transferVerified(finished);
  const plan = await readPlan(job);
  if (!plan)
    throw new TerminalError('棚卸しの記録がないため照合できません。移行を最初からやり直してください。');
  const verification = await Verification.begin(job, plan);
  if (timeIsShort(job)) return { more: true, objects: verification.state.counts.objects };
  const pair = await openVerified(job);
  try {
    const finished = await finishOnce(job, plan, pair, verification);
    const prepared = finished && (pair.prepare === undefined || (await pair.prepare(plan.id)));
    if (prepared && (await compareAll(job, plan, pair, verification)))
      return transferVerified(await verification.conclude(pair.remarks?.()));
    await verification.save();
    return { more: true, objects: verification.state.counts.objects };
  } finally {
    await pair.close();
  }
}

/** `directories` counts down to nought: here, the one step of finishing the definitions. False when time ran short. */
async function finishOnce(job: DatabaseJob, plan: Plan, pair: VerifiedPair, { state }: Verification) {
  if (state.directories === 0) return true;
  const lines: DatabaseLine[] = [];
  for await (const line of readLines<DatabaseLine>(job.objects, keys.chunkObjects(job, plan.id, 0)))
    lines.push(line);
  const made = await pair.finish(lines);
  if (made === undefined) return false;
  await job.objects.put(keys.ledgerPart(job, plan.id, 0, 0), linesOf(made));
  state.directories = 0;
  return true;
}

/** False when time ran short. */
async function compareAll(job: DatabaseJob, plan: Plan, pair: VerifiedPair, verification: Verification) {
  const { state } = verification;
  for (; state.chunk < plan.chunks; state.chunk++, state.line = 0) {
    const lines = await linesOfRanges(job, plan.id, state.chunk);
    while (state.line < lines.length) {
      if (timeIsShort(job)) return false;
      const batch = lines.slice(state.line, state.line + linesAtOnce * 4);
      const told: (() => void)[] = [];
      await inParallel(batch, linesAtOnce, async (line, index) => {
        told[index] = await compareOne(pair, verification, line);
      });
      for (const tell of told) tell();
      state.line += batch.length;
      await verification.show();
      if (verification.unsaved >= linesUntilSaved) await verification.save();
    }
  }
  return true;
}

async function compareOne(
  pair: VerifiedPair,
  verification: Verification,
  line: DatabaseLine,
): Promise<() => void> {
  if (line.outcome === 'skipped' || line.outcome === undefined) return () => verification.add(line);
  const { result, remark } = await pair.compare(line);
  // What was delivered is there; the source has gone on since, which the next run moves.
  const verified = result === 'changed-at-source' ? 'match' : result;
  const seen = remark === undefined ? line.remark : remark;
  return () => {
    verification.add({ ...line, verified, ...(seen !== undefined && { remark: seen }) });
    if (result === 'changed-at-source') verification.addChanged(line, seen ?? '');
  };
}

/** A chunk's lines of the ledger; a part that was never finished comes back as it was planned, unexplained. */
async function linesOfRanges(job: DatabaseJob, plan: string, chunk: number): Promise<DatabaseLine[]> {
  const read = async (key: string) => {
    const lines: DatabaseLine[] = [];
    for await (const line of readLinesIfAny<DatabaseLine>(job.objects, key)) lines.push(line);
    return lines;
  };
  if (chunk === 0) return read(keys.ledgerPart(job, plan, 0, 0));
  const planned = await read(keys.chunkObjects(job, plan, chunk));
  const remark = await momentRemark(job, plan, chunk);
  const lines: DatabaseLine[] = [];
  for (const [range, line] of planned.entries()) {
    const [done = line] = await read(keys.ledgerPart(job, plan, chunk, range));
    lines.push(remark === undefined ? done : { remark, ...done });
  }
  return lines;
}

async function momentRemark(job: DatabaseJob, plan: string, chunk: number): Promise<string | undefined> {
  const { remarks = [] } =
    (await readJson<{ remarks: string[] }>(job.objects, keys.chunkState(job, plan, chunk))) ?? {};
  if (remarks.length > 1) return `読み取りが${remarks.length}回に分かれたため、全行が同一時点ではありません`;
  return remarks[0] || undefined;
}
