import { TerminalError } from '../../case/errors.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { Owner } from '../web/file-tree.ts';
import { temporaryFor } from '../web/temporary-names.ts';
import type { CybozuJob } from './job.ts';
import { fromRoot } from './layout.ts';

/**
 * Whose the data must be at the target (the product runs as that user), and whether the log-in has to give it to them:
 * tried with a file of ours before anything moves. Throws TerminalError where it may not.
 */
export async function findOwner(
  job: CybozuJob,
  installed: Owner | undefined,
): Promise<{ owner?: Owner; give: boolean }> {
  const owner = job.owner ?? installed;
  if (!owner) return { give: false };
  const { targetServer } = job;
  const probe = Buffer.from(fromRoot(job.layout, temporaryFor(job, Buffer.from('probe')).toString()));
  try {
    await targetServer.write(probe, 0, Buffer.from('hikkoshi\n'), { create: true });
    const { mode, mtime, owner: ours } = await targetServer.inspect(probe);
    if (!ours) return { give: false };
    if (isSame(ours, owner)) return { owner, give: false };
    await targetServer.setAttributes(probe, { mode, mtime, owner });
    const { owner: given } = await targetServer.inspect(probe);
    if (given && isSame(given, owner)) return { owner, give: true };
    throw notAllowed(owner);
  } catch (error) {
    throw error instanceof ObjectProblem ? notAllowed(owner) : error;
  } finally {
    await targetServer.remove(probe).catch(() => undefined);
  }
}

export function isSame(a: Owner, b: Owner): boolean {
  return a.user === b.user && a.group === b.group;
}

export function ownerText({ user, group }: Owner): string {
  return `${user}:${group}`;
}

function notAllowed(owner: Owner): TerminalError {
  return new TerminalError(
    `移行先のログインでは、サイボウズのデータの所有者（${ownerText(owner)}）のファイルを作成できません。何も移行していません。移行先のサイボウズを動かしているユーザーか、所有者を変更できるユーザー（root）の接続情報を登録してください。`,
  );
}
