import type { Case, Plan } from '../../case/case.ts';
import { TerminalError, WindowClosedError } from '../../case/errors.ts';
import {
  type MailAccountPart,
  mailAccess,
  mailAccessSecret,
  mailAccountPart,
  mailAccountsSecret,
} from '../../case/mail-access.ts';
import { NotFoundError, type Ports, type Vault } from '../../case/ports.ts';
import { windowEndsAt } from '../../case/schedule-transfers.ts';
import { keepProblem } from '../transfer-problem.ts';
import { guardedDial } from './dial.ts';
import type { Dial } from './imap/open-connection.ts';
import type { MailJob } from './job.ts';

/**
 * Gathers what a run of a mail transfer needs from what was confided, and works. What stops the work is kept for staff
 * before it is thrown on.
 */
export async function withMailJob<T>(
  ports: Ports,
  run: { caseId: string; plan: Plan; run: number },
  work: (job: MailJob) => Promise<T>,
  dial: Dial = guardedDial(ports.settings.allowedAddresses),
): Promise<T> {
  const c = await ports.records.load(run.caseId);
  if (!c) throw new NotFoundError(`案件 ${run.caseId} はありません。`);
  const { objects, vault } = ports;
  const previousRun = finishedBefore(c, run);
  const ends = windowEndsAt(c)?.getTime() ?? Number.POSITIVE_INFINITY;
  const left = () => ends - ports.clock.now().getTime();
  try {
    if (left() <= 0) {
      throw new WindowClosedError(
        '登録された作業時間の終わりになったため、移行を中断しました。移行済みの分は保持されています。すぐに続けるか、日時を改めて再開してください。',
      );
    }
    const confided = await readMailAccess(vault, c.id);
    return await work({
      ...run,
      ...(previousRun && { previousRun }),
      objects,
      vault,
      ...confided,
      dial,
      remaining: () => Math.min(ports.remaining(), left()),
    });
  } catch (error) {
    await keepProblem(objects, run, error);
    throw error;
  }
}

/** Servers and accounts of a case. Throws TerminalError when they were never given, or are erased. */
export async function readMailAccess(
  vault: Vault,
  caseId: string,
): Promise<Pick<MailJob, 'access' | 'accounts' | 'settings'>> {
  const stored = await vault.get(caseId, mailAccessSecret);
  const parts: MailAccountPart[] = [];
  for (let part = 1; ; part++) {
    const text = await vault.get(caseId, mailAccountsSecret(part));
    if (text === undefined) break;
    parts.push(mailAccountPart.parse(JSON.parse(text)));
  }
  if (stored === undefined || parts.length === 0) {
    throw new TerminalError('メールの接続情報がありません。お客さまにもう一度お伺いしてください。');
  }
  return {
    access: mailAccess.parse(JSON.parse(stored)),
    accounts: parts.flatMap((part) => part.accounts),
    settings: parts.flatMap((part) => part.settings),
  };
}

/** Bytes of JSON in one part; a secret holds 65,536. */
const partBytes = 60_000;

/** Cuts a list so that each part fits into one secret and stores it. */
export async function storeMailAccounts(vault: Vault, caseId: string, list: MailAccountPart): Promise<void> {
  const parts: MailAccountPart[] = [{ accounts: [], settings: [] }];
  let bytes = 0;
  for (const kind of ['accounts', 'settings'] as const) {
    for (const item of list[kind]) {
      const size = Buffer.byteLength(JSON.stringify(item)) + 1;
      if (bytes + size > partBytes) {
        parts.push({ accounts: [], settings: [] });
        bytes = 0;
      }
      (parts.at(-1)![kind] as unknown[]).push(item);
      bytes += size;
    }
  }
  for (const [index, part] of parts.entries()) {
    await vault.put(caseId, mailAccountsSecret(index + 1), JSON.stringify(part));
  }
  // A shorter list than before: what is behind it is no part of it.
  for (
    let part = parts.length + 1;
    (await vault.get(caseId, mailAccountsSecret(part))) !== undefined;
    part++
  ) {
    await vault.put(caseId, mailAccountsSecret(part), JSON.stringify({ accounts: [], settings: [] }));
  }
}

function finishedBefore(c: Case, { plan, run }: { plan: Plan; run: number }): number | undefined {
  const finished = c.transfers.filter((summary) => summary.plan === plan && summary.run < run);
  return finished.length > 0 ? Math.max(...finished.map((summary) => summary.run)) : undefined;
}
