import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { TerminalError } from '../../case/errors.ts';
import type { Objects } from '../../case/ports.ts';
import type { Run } from '../engine.ts';
import { readJson, writeJson } from '../ndjson.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { FileTree } from '../web/file-tree.ts';
import type { CybozuJob } from './job.ts';
import { fromRoot } from './layout.ts';
import { beginningOf, lookAt } from './look.ts';
import { type Maintenance, maintenanceKey, periodKey } from './records.ts';

/** What our flag holds: known as this case's by whoever comes after a crash, and by nobody else taken for their own. */
export function mark(caseId: string): Buffer {
  return Buffer.from(`hikkoshi ${createHash('sha256').update(caseId).digest('hex').slice(0, 32)}\n`);
}

export function readMaintenance(objects: Objects, caseId: string): Promise<Maintenance | undefined> {
  return readJson<Maintenance>(objects, maintenanceKey(caseId));
}

/**
 * Closes the source to its users, if that is not done, and returns the period for which it is closed. The record comes
 * before the flag: from then on the release finds it, whatever happens. A flag that stood there before is left alone,
 * and counts. Throws TerminalError where the flag cannot be set.
 */
export async function beginMaintenance(job: CybozuJob): Promise<Maintenance> {
  const { objects, caseId, sourceServer: server } = job;
  const flag = fromRoot(job.layout, job.layout.flag);
  const stored = await readMaintenance(objects, caseId);
  const standing = await standingFlag(server, flag, caseId, stored?.ours);
  if (stored && standing === 'ours' && stored.ours) return stored;
  if (stored && standing === 'foreign' && !stored.ours) return stored;
  const begun = {
    period: randomBytes(8).toString('hex'),
    place: job.sourcePlace,
    flag,
    ours: standing !== 'foreign',
  };
  await writeJson(objects, maintenanceKey(caseId), begun);
  if (standing === undefined) await raise(job, begun);
  return (await readMaintenance(objects, caseId))!;
}

/** Throws TerminalError when users may have written to the source since the period of this run began. */
export async function stillInMaintenance(job: CybozuJob): Promise<void> {
  const stored = await readMaintenance(job.objects, job.caseId);
  const period = await periodOf(job);
  if (stored && stored.period === period && (await lookAt(job.sourceServer, stored.flag))) return;
  throw new TerminalError(
    `移行元のメンテナンスの印（${fromRoot(job.layout, job.layout.flag)}）が作業の途中でなくなりました。利用者が書き込んだおそれがあるため、コピーを止めました。移行済みの分は保持しています。再開すると、変わった分を取り直します。`,
  );
}

export async function periodOf(run: Run & { objects: Objects }): Promise<string | undefined> {
  return (await readJson<{ period: string }>(run.objects, periodKey(run)))?.period;
}

/** Whose flag stands there. Where we had begun to set one, a part of it is enough: the process died while it wrote. */
export async function standingFlag(
  server: FileTree,
  flag: string,
  caseId: string,
  begun = false,
): Promise<'ours' | 'foreign' | undefined> {
  const ours = mark(caseId);
  const content = await readFlag(server, flag, ours.length + 1);
  if (!content) return undefined;
  const partly = begun && content.length < ours.length && ours.subarray(0, content.length).equals(content);
  return partly || content.equals(ours) ? 'ours' : 'foreign';
}

/** One that may not be read is not ours: we read what we write. */
async function readFlag(server: FileTree, flag: string, length: number): Promise<Buffer | undefined> {
  try {
    return await beginningOf(server, flag, length);
  } catch (error) {
    if (error instanceof ObjectProblem) return Buffer.from('?');
    throw error;
  }
}

/** The flag must not exist: of two that come at once, or of us and somebody else, one gets it. */
async function raise(job: CybozuJob, begun: Maintenance): Promise<void> {
  const { sourceServer: server, objects, caseId } = job;
  try {
    await server.write(Buffer.from(begun.flag), 0, mark(caseId), { create: true });
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    // Another call of ours may be at it just now.
    await wait(500);
    const standing = await standingFlag(server, begun.flag, caseId);
    if (standing === 'ours') return;
    if (standing === 'foreign') {
      await writeJson(objects, maintenanceKey(caseId), { ...begun, ours: false });
      return;
    }
    await objects.deleteAll(maintenanceKey(caseId));
    throw new TerminalError(
      `移行元のメンテナンスの印（${begun.flag}）を作成できません（権限や容量）。移行元は変更していません。移行元のサイボウズを動かしているユーザーの接続情報かをご確認ください。`,
    );
  }
}
