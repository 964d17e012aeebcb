import { posix } from 'node:path';
import type { Case } from '../../case/case.ts';
import { RetryAfterError, TerminalError, TransientError } from '../../case/errors.ts';
import { NotFoundError, type Ports } from '../../case/ports.ts';
import type { Run } from '../engine.ts';
import { ObjectProblem } from '../object-problem.ts';
import { keepProblem, readProblem } from '../transfer-problem.ts';
import type { OpenTree } from '../web/open-pinned.ts';
import { NobodyListensError } from '../web/sftp/dial.ts';
import type { SourcePlace } from './job.ts';
import { readMaintenance, standingFlag } from './maintenance.ts';
import { confidedFor, confidedUnder, openServer } from './open-server.ts';
import { type Maintenance, maintenanceKey } from './records.ts';

/**
 * Opens the source to its users again, whatever became of the run and whatever the hour: removes the flag that is ours,
 * and no other. Nothing to do is no error. Throws TransientError, or TerminalError when an engineer has to remove it;
 * the record stays until it is gone, so that the next call tries again.
 */
export async function releaseSource(ports: Ports, run: Run, open: OpenTree): Promise<void> {
  const stored = await readMaintenance(ports.objects, run.caseId);
  if (!stored) return;
  const c = await ports.records.load(run.caseId);
  if (!c) throw new NotFoundError(`案件 ${run.caseId} はありません。`);
  try {
    if (stored.ours) await takeAway(ports, c, stored, open);
    await ports.objects.deleteAll(maintenanceKey(c.id));
  } catch (error) {
    const told = stuck(error, stored);
    const before = await readProblem(ports.objects, run);
    const more =
      before && before.error !== told.name ? `なお、移行は次の理由でも止まっています：${before.message}` : '';
    await keepProblem(ports.objects, run, Object.assign(told, { message: `${told.message}${more}` }));
    throw told;
  }
}

/** Tries once more. Where the flag stands all the same, it is named whole: after the erasure nobody else knows of it. */
export async function releaseForGood(ports: Ports, run: Run, open: OpenTree): Promise<string | undefined> {
  const stored = await readMaintenance(ports.objects, run.caseId);
  try {
    await releaseSource(ports, run, open);
    return undefined;
  } catch (error) {
    if (!stored || !(error instanceof TransientError || error instanceof TerminalError)) throw error;
    const file = posix.join(stored.place.root, stored.flag);
    return `移行元のサイボウズがメンテナンス状態のままです。接続情報を消去する前にもう一度解除を試みましたが、移行元に接続できないか、印を消せませんでした。移行元サーバのファイル ${file} を手で削除してください。削除するまで、移行元のサイボウズは利用できません。`;
  }
}

async function takeAway(ports: Ports, c: Case, { place, flag }: Maintenance, open: OpenTree): Promise<void> {
  const server = await openServer(ports, c, await accessTo(ports, c, place), 'source', open, 1);
  try {
    const standing = await standingFlag(server, flag, c.id, true);
    if (standing === 'ours') await server.remove(Buffer.from(flag));
    if ((await standingFlag(server, flag, c.id, true)) === 'ours')
      throw new ObjectProblem('failed', 'remove');
  } finally {
    await server.close().catch(() => undefined);
  }
}

/** Where the flag was set; by the latest log-in, where that leads to the same server. */
async function accessTo(ports: Ports, c: Case, { secret, root }: SourcePlace) {
  const [then, now] = [await confidedUnder(ports, c, secret), await confidedFor(ports, c, 'source')];
  const latest = then.access.host === now.access.host ? now : then;
  return { secret: latest.secret, access: { ...latest.access, root } };
}

function stuck(error: unknown, { flag }: Maintenance): TransientError | TerminalError {
  // It was reached before: where nobody listens now, the server is being started again.
  const again =
    error instanceof TransientError ||
    error instanceof RetryAfterError ||
    error instanceof NobodyListensError;
  const told = again || error instanceof TerminalError ? error.message : '';
  return new (again ? TransientError : TerminalError)(
    `移行元のサイボウズがメンテナンス状態のままです。メンテナンスの印（${flag}）を消せませんでした。${told}移行元のこのファイルを手で削除するか、接続できるようにしてから再開してください。`,
  );
}
