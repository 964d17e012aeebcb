import { TerminalError } from '../../case/errors.ts';
import { ignoringProblem, ObjectProblem } from '../object-problem.ts';
import type { CybozuJob } from './job.ts';
import { fromRoot } from './layout.ts';
import { lookAt } from './look.ts';

/** Where the target's own content of a directory goes: beside it, under a name that nothing of the product reads. */
export function asideOf(job: Pick<CybozuJob, 'caseId' | 'layout'>, directory: string): string {
  return `${fromRoot(job.layout, directory)}.kept-${job.caseId}`;
}

/**
 * Moves what the target already has in a directory aside, whole, and leaves an empty directory in its place. Nothing is
 * deleted. Returns where it went, or undefined where there was nothing. A crash in between is found by the names. Throws
 * TerminalError.
 */
export async function keepAside(job: CybozuJob, directory: string): Promise<string | undefined> {
  const { targetServer, target, layout } = job;
  const [path, aside] = [fromRoot(layout, directory), asideOf(job, directory)];
  const standing = await lookAt(targetServer, path);
  const kept = await lookAt(targetServer, aside);
  try {
    if (standing && standing.kind !== 'directory') {
      throw new TerminalError(
        `移行先の「${path}」がフォルダではありません（リンクなど）。何も変更していません。移行先の設定をご確認ください。`,
      );
    }
    if (standing && !kept) await targetServer.rename(Buffer.from(path), Buffer.from(aside));
    if (!standing || !kept) await target.makeDirectory(Buffer.from(directory));
    return standing || kept ? aside : undefined;
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    // Another call of ours may be a moment ahead: what it moved is aside already, the empty directory perhaps not yet there.
    if (await lookAt(targetServer, aside)) {
      const stands = () => lookAt(targetServer, path);
      if (!(await stands())) await ignoringProblem(target.makeDirectory(Buffer.from(directory)));
      if (await stands()) return aside;
    }
    throw new TerminalError(
      `移行先にもともとあるデータ「${path}」を「${aside}」に移せません（権限など）。移行先のデータはそのままです。移行先のログインの権限をご確認ください。`,
    );
  }
}
