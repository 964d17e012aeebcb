import { TerminalError } from '../../case/errors.ts';
import { beginAgainIfUnexplained } from '../begin-again.ts';
import { dataKey } from '../data-key.ts';
import { countFruitless } from '../fruitless.ts';
import { TimeLimit } from '../in-time.ts';
import { InventoryWriter } from '../inventory.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { type InventoryTaken, inventoryTaken, readPlan } from '../plan-chunks.ts';
import { nameOf } from '../position.ts';
import { describe } from './describe.ts';
import type { Job } from './job.ts';
import { countName, noNames } from './names/count-names.ts';
import { planRun } from './plan-run.ts';
import { checkWritable } from './temporary-names.ts';
import { type Found, walkInBatches } from './walk.ts';

const batchSize = 256;
/** More than this is no web site; staff split the work. */
const mostObjects = 5_000_000;
const tooSlow =
  '移行元のフォルダの一覧が、1回の処理の時間内に終わりません。一覧済みの分は保持しています。' +
  'ファイル数の特に多いフォルダを整理または分割するか、接続方法を FTP から SFTP に変えるなどしてから再開してください。';

/**
 * Lists the source once, in as many calls as it takes, compares with the run before and cuts the work into chunks.
 * Ends with the key of the list of chunks (JSONL). Throws TransientError or TerminalError; calling again goes on.
 */
export async function takeInventory(job: Job): Promise<InventoryTaken> {
  await beginAgainIfUnexplained(job, [keys.inventoryState(job)]);
  const planned = await readPlan(job);
  if (planned) return inventoryTaken(planned);
  const writer = await InventoryWriter.begin(job);
  if (!writer.state.complete) {
    await dataKey(job.vault, job.caseId);
    await checkWritable(job);
    const before = writer.state.objects;
    const complete = await listSource(job, writer);
    await writer.flush(complete);
    const { objects } = writer.state;
    if (!complete) {
      await countFruitless(job, `${keys.inventoryState(job)}.calls`, objects > before, tooSlow);
      return { more: true, objects };
    }
  }
  if (timeIsShort(job)) return { more: true, objects: writer.state.objects };
  return inventoryTaken(await planRun(job, writer.state));
}

/** False when time ran short. */
async function listSource(job: Job, writer: InventoryWriter): Promise<boolean> {
  const { after } = writer.state;
  writer.state.names ??= noNames();
  const { names } = writer.state;
  let batch: Found[] = [];
  const write = async () => {
    const last = batch.at(-1);
    if (!last) return;
    const now = Math.floor(Date.now() / 1000);
    for (const { path, attributes } of batch) {
      countName(names, nameOf(path));
      if (attributes.mtime <= now) writer.state.newest = Math.max(writer.state.newest ?? 0, attributes.mtime);
    }
    await writer.add(await describe(job.source, batch), last.path);
    batch = [];
    if (writer.state.objects > mostObjects) {
      throw new TerminalError(`移行元の件数が${mostObjects}件を超えています。対象フォルダを分けてください。`);
    }
  };
  const found = walkInBatches(job.source, after === undefined ? {} : { after: Buffer.from(after, 'base64') });
  const limit = new TimeLimit(job);
  try {
    for (;;) {
      const next = await limit.within(found.next());
      if (next && !next.done) batch.push(...next.value);
      if (next && !next.done && batch.length < batchSize) continue;
      await write();
      if (!next) return false;
      if (next.done) return true;
      if (timeIsShort(job)) return false;
    }
  } finally {
    limit.clear();
    // Not awaited: a listing that takes too long may be under way.
    found.return(undefined).catch(() => undefined);
  }
}
