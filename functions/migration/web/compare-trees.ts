import { packBytes } from '../chunk.ts';
import { pieceByPiece } from '../job.ts';
import { linesOfChunk } from '../ledger.ts';
import type { ObjectLine } from '../object-line.ts';
import type { Plan } from '../plan-chunks.ts';
import { ancestorsOf, compareDirectories, parentOf } from '../position.ts';
import type { Verification, VerifyState } from '../verification.ts';
import type { Depth } from './compare.ts';
import { compareBatch } from './compare-batch.ts';
import type { Job } from './job.ts';
import { type Aligned, alignThree } from './merge.ts';
import { removeTemporary } from './temporary-names.ts';
import { walk } from './walk.ts';

const batchObjects = 512;
const batchBytes = 2 * packBytes;
/** What a crash may cost: so many lines, or milliseconds. */
const linesBetweenSaves = 10_000;
const timeBetweenSaves = 30_000;

/**
 * Ledger, source and target in one pass. Of what is only at the target the uppermost is told; below it nothing is looked
 * for but what a crash left of ours: the source may have lost the directory since. False when time ran short; the state
 * says where to go on.
 */
export async function compareTrees(
  job: Job,
  plan: Plan,
  verification: Verification,
  depth: Depth,
): Promise<boolean> {
  const { state } = verification;
  const passedOver = new Set(state.passedOver);
  const after = state.after === undefined ? {} : { after: Buffer.from(state.after, 'base64') };
  const source = walk(job.source, after);
  const target = walk(job.target, after);
  const sizes = new Map<number, number>();
  let batch: Aligned[] = [];
  let bytes = 0;
  const timeIsShort = pieceByPiece(job);
  let saved = performance.now();
  const flush = async (): Promise<boolean> => {
    if (!(await compareBatch(job, verification, batch, depth, timeIsShort))) return false;
    moveOn(state, batch, sizes);
    await verification.show();
    for (const directory of passedOver) if (!isAhead(directory, state)) passedOver.delete(directory);
    state.passedOver = [...passedOver];
    batch = [];
    bytes = 0;
    if (verification.unsaved >= linesBetweenSaves || performance.now() - saved >= timeBetweenSaves) {
      await verification.save();
      saved = performance.now();
    }
    return !timeIsShort();
  };
  try {
    for await (const aligned of alignThree(ledgerFrom(job, plan, state, sizes), source, target)) {
      const isForeign = !aligned.line && !aligned.source;
      if (isForeign && (await removeTemporary(job, aligned.path))) continue;
      const isBelow = passedOver.size > 0 && isWithin(aligned.path, passedOver);
      if (aligned.target?.attributes.kind === 'directory' && !isCarried(aligned.line) && !isBelow) {
        passedOver.add(aligned.path.toString('base64'));
      }
      const size = aligned.line?.size ?? 0;
      if (batch.length > 0 && bytes + size > batchBytes && !(await flush())) return false;
      batch.push(isForeign && isBelow ? { ...aligned, isPassedOver: true } : aligned);
      bytes += size;
      if (batch.length >= batchObjects && !(await flush())) return false;
    }
    return batch.length === 0 || (await flush());
  } finally {
    await source.return(undefined);
    await target.return(undefined);
  }
}

/** From the line at which the state stands; notes how many lines each chunk has. */
async function* ledgerFrom(
  job: Job,
  plan: Plan,
  state: VerifyState,
  sizes: Map<number, number>,
): AsyncGenerator<ObjectLine> {
  const start = { chunk: state.chunk, line: state.line };
  for (let chunk = start.chunk; chunk < plan.chunks; chunk += 1) {
    const lines = await linesOfChunk(job, plan.id, chunk);
    sizes.set(chunk, lines.length);
    yield* chunk === start.chunk ? lines.slice(start.line) : lines;
  }
}

function moveOn(state: VerifyState, batch: readonly Aligned[], sizes: ReadonlyMap<number, number>): void {
  state.line += batch.filter((aligned) => aligned.line).length;
  for (
    let size = sizes.get(state.chunk);
    size !== undefined && state.line >= size;
    size = sizes.get(state.chunk)
  ) {
    state.line -= size;
    state.chunk += 1;
  }
  state.hashing = {};
  delete state.hashed;
  const last = batch.at(-1);
  if (last) state.after = last.path.toString('base64');
}

function isCarried(line: ObjectLine | undefined): boolean {
  return line?.kind === 'directory' && line.outcome !== undefined && line.outcome !== 'skipped';
}

function isWithin(path: Buffer, directories: ReadonlySet<string>): boolean {
  return ancestorsOf(path).some((directory) => directories.has(directory.toString('base64')));
}

/** The walk has not come past it, and all below it, yet. */
function isAhead(directory: string, { after }: VerifyState): boolean {
  if (after === undefined) return true;
  const [path, reached] = [Buffer.from(directory, 'base64'), Buffer.from(after, 'base64')];
  return compareDirectories(path, parentOf(reached)) > 0 || isWithin(reached, new Set([directory]));
}
