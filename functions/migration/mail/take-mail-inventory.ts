import { TerminalError } from '../../case/errors.ts';
import { beginAgainIfUnexplained } from '../begin-again.ts';
import { dataKey } from '../data-key.ts';
import { writeForecast } from '../forecast.ts';
import { timeIsShort } from '../job.ts';
import { chunkList, inventoryState, planState } from '../keys.ts';
import { linesOf, writeJson } from '../ndjson.ts';
import { type InventoryTaken, inventoryTaken, type Plan, readPlan } from '../plan-chunks.ts';
import { ChunkWriter } from './chunk-writer.ts';
import { AccountRefusedError } from './imap/errors.ts';
import { addRefused, inventoryAccount } from './inventory-account.ts';
import { settingLine } from './inventory-lines.ts';
import type { MailJob } from './job.ts';
import { plannedAccounts } from './keys.ts';
import { forgetOrder } from './planned-accounts.ts';

/**
 * Lists every account once, in as many calls as it takes, makes the folders that the target lacks, and cuts what has
 * changed since the run before into chunks. Throws TransientError, RetryAfterError or TerminalError; calling again goes on.
 */
export async function takeMailInventory(job: MailJob): Promise<InventoryTaken> {
  await beginAgainIfUnexplained(job, [plannedAccounts(job), inventoryState(job)]);
  const planned = await readPlan(job);
  if (planned) return inventoryTaken(planned);
  if (job.accounts.length === 0)
    throw new TerminalError('移行するメールアカウントがありません。一覧をご確認ください。');
  const writer = await ChunkWriter.begin(job);
  const { state } = writer;
  // Before all else: whatever shows the beginning of a long ledger shows this work for people.
  if (state.account === 0 && state.mailbox < 0) {
    const { settings = [] } = job;
    for (; state.settings < settings.length; state.settings++)
      await writer.add(settingLine(settings[state.settings]!));
    await writer.flush();
  }
  while (!state.complete) {
    if (state.account < job.accounts.length) {
      if (timeIsShort(job) || !(await listAccount(job, writer)))
        return { more: true, objects: state.objects };
      state.account++;
      state.mailbox = -1;
      state.after = 0;
      state.accountBytes = 0;
    }
    if (state.account >= job.accounts.length) {
      await dataKey(job.vault, job.caseId);
      state.complete = true;
    }
    await writer.flush();
  }
  const plan: Plan = {
    id: state.plan,
    chunks: state.chunks,
    objects: state.objects,
    bytes: state.bytes,
    bytesToRead: state.bytesToRead,
    settled: state.settled,
    chunksKey: chunkList(job, state.plan),
    startedAt: state.startedAt,
  };
  await writeForecast(job, {
    ...state.forecast,
    chunks: state.work.length,
    bytesToRead: state.bytesToRead,
  });
  await job.objects.put(plan.chunksKey, linesOf(writer.rows()));
  await writeJson(job.objects, planState(job), plan);
  return inventoryTaken(plan);
}

/**
 * False when time ran short. An account that does not open is in the ledger with the reason; when none opens, the servers
 * or the list are wrong and nothing is begun.
 */
async function listAccount(job: MailJob, writer: ChunkWriter): Promise<boolean> {
  const { state } = writer;
  try {
    return await inventoryAccount(job, writer, state.account);
  } catch (error) {
    if (!(error instanceof AccountRefusedError)) throw error;
    state.refused++;
    if (state.refused === job.accounts.length) {
      await job.objects.deleteAll(inventoryState(job));
      await forgetOrder(job);
      throw error;
    }
    await addRefused(job, writer, state.account, error.message);
    return true;
  }
}
