import { createHash, randomBytes } from 'node:crypto';
import { TerminalError } from '../../case/errors.ts';
import { ObjectProblem } from '../object-problem.ts';
import { joinPath, nameOf, parentOf } from '../position.ts';
import type { Job } from './job.ts';

/**
 * A file is written under such a name, in the directory where it belongs, and renamed when it is whole. The case and
 * plan are in it as a hash, so that what a crash left behind is known as ours and removed by the verification.
 */
function beginning(job: Pick<Job, 'caseId' | 'plan'>): string {
  return `.hikkoshi-${createHash('sha256').update(`${job.caseId}/${job.plan}`).digest('hex').slice(0, 12)}-`;
}

/** A new one each time: two attempts at one file do not meet. */
export function temporaryFor(job: Job, path: Buffer): Buffer {
  return joinPath(parentOf(path), Buffer.from(`${beginning(job)}${randomBytes(8).toString('hex')}`));
}

export function isTemporary(job: Job, name: Buffer): boolean {
  const start = beginning(job);
  return name.length === start.length + 16 && name.toString('latin1').startsWith(start);
}

/** Removes what a crash left behind; false when it is not ours. The directory keeps its time. */
export async function removeTemporary(job: Job, path: Buffer): Promise<boolean> {
  if (!isTemporary(job, nameOf(path))) return false;
  try {
    const { mode, mtime } = await job.target.inspect(parentOf(path));
    await job.target.remove(path);
    if (parentOf(path).length > 0) await job.target.setAttributes(parentOf(path), { mode, mtime });
    return true;
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return false;
  }
}

/** Before anything is read: a target that takes no file is found out now. Throws TerminalError. */
export async function checkWritable(job: Job): Promise<void> {
  if (await takesFiles(job)) return;
  throw new TerminalError(
    '移行先のフォルダに書き込めません(権限または容量)。何も移行していません。移行先の設定をご確認ください。',
  );
}

/** Tried with a small file. */
export async function takesFiles(job: Job): Promise<boolean> {
  const probe = temporaryFor(job, Buffer.from('probe'));
  try {
    await job.target.write(probe, 0, Buffer.from('hikkoshi\n'), { create: true });
    await job.target.remove(probe);
    return true;
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    return false;
  }
}
