import { inParallel } from '../in-parallel.ts';
import { linkOf, modeText, type ObjectLine, pathOf } from '../object-line.ts';
import type { Pack } from '../staging.ts';
import { type Delivered, deliverLink } from './deliver.ts';
import { deliverFiles, type FileToPut } from './deliver-files.ts';
import { changedAtTarget, withFix } from './fixes/alterations.ts';
import type { Job } from './job.ts';
import { planLink } from './links.ts';
import type { PackHeader } from './read-pack.ts';
import type { TargetDirectories } from './target-directories.ts';

const objectsAtOnce = 48;

/** Brings a pack to the target and returns its lines of the ledger. Doing it again changes nothing. */
export async function deliverPack(
  job: Job,
  directories: TargetDirectories,
  lines: readonly ObjectLine[],
  pack: Pack<PackHeader>,
): Promise<ObjectLine[]> {
  const delivered: ObjectLine[] = [];
  await inParallel(lines, objectsAtOnce, async (line, at) => {
    delivered[at] = line.outcome || line.kind === 'file' ? line : await deliverOne(job, directories, line);
  });
  const files: { at: number; read: ObjectLine; file: FileToPut }[] = [];
  let next = 0;
  for (const found of pack.header) {
    const line = lines[found.at]!;
    if ('why' in found) {
      delivered[found.at] = outcome(line, { why: found.why });
      continue;
    }
    const { at, mode, ...facts } = found;
    const { content, ...fix } = withFix(job, pathOf(line), pack.contents[next++]!, mode);
    const { fixed: _, stood, ...planned } = line;
    const read = { ...planned, ...facts, mode: modeText(mode), ...fix };
    delivered[at] = { ...read, outcome: 'unchanged' };
    const file = {
      path: pathOf(line),
      content,
      attributes: { mode, mtime: facts.mtime },
      ...(stood && { stood }),
      sameSource: isSameSource(line, read),
    };
    if (!isAsBefore(line, read)) files.push({ at, read, file });
  }
  const results = await deliverFiles(
    job,
    directories,
    files.map(({ file }) => file),
  );
  for (const [index, { at, read }] of files.entries()) {
    const { kept, ...result } = results[index]!;
    delivered[at] = kept ? leftAsItWas(lines[at]!, read) : outcome(read, result);
  }
  return delivered;
}

async function deliverOne(job: Job, directories: TargetDirectories, line: ObjectLine): Promise<ObjectLine> {
  const path = pathOf(line);
  if (line.kind === 'directory') {
    const why = await directories.ensure(path);
    return outcome(line, why === undefined ? {} : { why });
  }
  const plan = planLink(path, linkOf(line), job.source.rootNames);
  if ('skip' in plan) return outcome(line, { why: plan.skip });
  const { why, replaced } = await deliverLink(job, directories, path, plan.copy);
  // Of the run before: it may well lead elsewhere now.
  const isForeign = replaced && !line.stood;
  return outcome(line, { ...(why !== undefined && { why }), ...(isForeign && { replaced }) }, plan.how);
}

/** The line as the ledger has it. */
export function outcome(planned: ObjectLine, { why, replaced }: Delivered, how?: string): ObjectLine {
  const { stood: _, ...line } = planned;
  if (why !== undefined) return { ...line, outcome: 'skipped', why };
  const known = { ...line, ...(replaced && { replaced }) };
  return how === undefined ? { ...known, outcome: 'moved' } : { ...known, outcome: 'altered', how };
}

/** What the run before delivered, and somebody has changed since: the verification sees that. */
function leftAsItWas({ fixed }: ObjectLine, { fixed: missing, ...read }: ObjectLine): ObjectLine {
  return {
    ...read,
    outcome: 'unchanged',
    ...(fixed && { fixed }),
    ...(missing && { notFixed: changedAtTarget }),
  };
}

/** It had to be read again, and neither the source nor what is approved of it has changed. */
export function isAsBefore(planned: ObjectLine, read: ObjectLine): boolean {
  return isSameSource(planned, read) && planned.fixed?.after === read.fixed?.after;
}

/** The planned line holds the hash of the run before. */
function isSameSource(planned: ObjectLine, read: ObjectLine): boolean {
  return (
    planned.sha256 !== undefined &&
    planned.sha256 === read.sha256 &&
    planned.mode === read.mode &&
    planned.mtime === read.mtime
  );
}
