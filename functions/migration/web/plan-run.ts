import { TerminalError } from '../../case/errors.ts';
import { markUnchanged } from '../delta.ts';
import { emptyForecast, type Forecast, foresee, writeForecast } from '../forecast.ts';
import { type InventoryState, readInventory } from '../inventory.ts';
import * as keys from '../keys.ts';
import { readBatches, readBatchesIfAny, singly } from '../ndjson.ts';
import { type ObjectLine, pathOf } from '../object-line.ts';
import { newPlanId, type Plan, planChunks } from '../plan-chunks.ts';
import { comparePositions } from '../position.ts';
import type { Job } from './job.ts';
import { noNames } from './names/count-names.ts';
import { foldedTwins, foldingOf, leaveOutTwins } from './names/folded-twins.ts';
import { enterTargetPaths, planNames } from './names/plan-names.ts';

/**
 * What is to be done about a complete inventory: decides on names, compares with the run before, foresees what would
 * move (forecast.ts) and cuts the work into chunks. Copies nothing.
 */
export async function planRun(job: Job, inventory: InventoryState): Promise<Plan> {
  const id = newPlanId();
  const { names, decision } = await planNames(job, id, inventory);
  const forecast = emptyForecast();
  let losing = 0;
  const seen = (line: ObjectLine | undefined, known: ObjectLine | undefined) => {
    foresee(forecast, line, known);
    if (line && known && losesFix(job, line, known)) losing += 1;
  };
  let lines = readInventory(job, inventory);
  const twins = await twinsOf(job, inventory);
  if (twins) lines = leaveOutTwins(lines, twins);
  if (names) lines = enterTargetPaths(lines, names);
  return planChunks(
    job,
    markUnchanged(lines, await ledgerBefore(job), comparePositions, seen, (known) =>
      Boolean(job.alterations?.isPending(known)),
    ),
    inventory.startedAt,
    {
      id,
      ...(inventory.newest !== undefined && { newest: inventory.newest }),
      whenPlanned: ({ chunks }) =>
        writeForecast(job, {
          ...forecast,
          chunks,
          remarks: [...decision.remarks, ...remarksOn(forecast, job)],
          ...(losing > 0 && { warnings: [warningOf(losing)] }),
        }),
    },
  );
}

/** Only where the target takes names for one that the source tells apart. Throws TerminalError when they are too many. */
async function twinsOf(job: Job, inventory: InventoryState): Promise<ReadonlySet<string> | undefined> {
  const folding = await foldingOf(job, inventory.names ?? noNames());
  if (!folding) return undefined;
  const twins = await foldedTwins(singly(readInventory(job, inventory)), folding);
  if (twins) return twins;
  throw new TerminalError(
    '大文字と小文字などの表記だけが異なる名前が多すぎ、移行先では区別できません。まだ何もコピーしていません。' +
      '名前を区別できる移行先(Linux など)を用意してから再開してください。',
  );
}

/** This run's own ledger where it is taken up again, else that of the run before. */
async function ledgerBefore(job: Job): Promise<{ lines: AsyncIterable<ObjectLine[]>; ownRun: boolean }> {
  const own = keys.ledger(job);
  if ((await job.objects.size(own)) !== undefined) {
    return { lines: readBatches<ObjectLine>(job.objects, own), ownRun: true };
  }
  if (job.previousRun === undefined) return { lines: nothing(), ownRun: false };
  const before = keys.ledger({ ...job, run: job.previousRun });
  return { lines: readBatchesIfAny<ObjectLine>(job.objects, before), ownRun: false };
}

async function* nothing(): AsyncGenerator<ObjectLine[]> {}

/** It has changed at the source since a fix of it was delivered: the fix is for what it was. */
function losesFix({ alterations }: Job, line: ObjectLine, known: ObjectLine): boolean {
  const isChanged = line.outcome === undefined && line.sha256 === undefined;
  return isChanged && known.fixed !== undefined && alterations?.missed(pathOf(line)).notFixed !== undefined;
}

function warningOf(files: number): string {
  return `修正を適用して移行したファイルのうち${files}件が、その後に移行元で更新されています。内容が変わったものには修正が適用されず、移行先の修正もなくなります。先に修正箇所を調べ直し、差分を承認し直してから移行してください。`;
}

function remarksOn({ hardLinks }: Forecast, { source }: Job): string[] {
  const untold = source.untold === undefined ? [] : [source.untold];
  if (hardLinks === 0) return untold;
  return [
    ...untold,
    `ハードリンクされたファイルの名前が${hardLinks}件あります。移行先ではそれぞれ独立したファイルになり、その分の容量が増えます。`,
  ];
}
