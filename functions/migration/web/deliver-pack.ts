import { inParallel } from '../in-parallel.ts';
import { linkOf, modeText, type ObjectLine, pathOf } from '../object-line.ts';
import type { Pack } from '../staging.ts';
import { deliverFile, deliverLink } from './deliver.ts';
import type { Job } from './job.ts';
import { planLink } from './links.ts';
import type { FileRead, PackHeader } from './read-pack.ts';
import type { TargetDirectories } from './target-directories.ts';

const objectsAtOnce = 48;

/** Brings a pack to the target and returns its lines of the ledger. Doing it again changes nothing. */
export async function deliverPack(
  job: Job,
  directories: TargetDirectories,
  lines: readonly ObjectLine[],
  pack: Pack<PackHeader>,
): Promise<ObjectLine[]> {
  const files = new Map<number, { read: FileRead; content: Buffer | undefined }>();
  let next = 0;
  for (const read of pack.header) {
    files.set(read.at, { read, content: 'why' in read ? undefined : pack.contents[next++] });
  }
  const delivered: ObjectLine[] = [];
  await inParallel(lines, objectsAtOnce, async (line, at) => {
    delivered[at] = line.outcome ? line : await deliverOne(job, directories, line, files.get(at));
  });
  return delivered;
}

async function deliverOne(
  job: Job,
  directories: TargetDirectories,
  line: ObjectLine,
  file: { read: FileRead; content: Buffer | undefined } | undefined,
): Promise<ObjectLine> {
  const path = pathOf(line);
  if (line.kind === 'directory') return outcome(line, await directories.ensure(path));
  if (line.kind === 'symlink') {
    const plan = planLink(path, linkOf(line), job.source.rootNames);
    if ('skip' in plan) return outcome(line, plan.skip);
    return outcome(line, await deliverLink(job, directories, path, plan.copy), plan.how);
  }
  if (!file || 'why' in file.read || !file.content) {
    return outcome(line, file && 'why' in file.read ? file.read.why : '読み取りの記録がありません');
  }
  const { size, mode, mtime, sha256, recheck } = file.read;
  const read = { ...line, size, mode: modeText(mode), mtime, sha256, ...(recheck && { recheck }) };
  if (isAsBefore(line, read)) return { ...read, outcome: 'unchanged' };
  return outcome(read, await deliverFile(job, directories, path, file.content, { mode, mtime }));
}

export function outcome(line: ObjectLine, why: string | undefined, how?: string): ObjectLine {
  if (why !== undefined) return { ...line, outcome: 'skipped', why };
  return how === undefined ? { ...line, outcome: 'moved' } : { ...line, outcome: 'altered', how };
}

/** The planned line holds the hash of the run before: it had to be read again, and nothing has changed. */
export function isAsBefore(planned: ObjectLine, read: ObjectLine): boolean {
  return (
    planned.sha256 !== undefined &&
    planned.sha256 === read.sha256 &&
    planned.mode === read.mode &&
    planned.mtime === read.mtime
  );
}
