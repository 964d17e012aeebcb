import type { Case } from '../../case/case.ts';
import { TerminalError } from '../../case/errors.ts';
import {
  accountPartSecret,
  holderSecret,
  type MailAccount,
  type MailAccountPart,
  mailAccess,
  mailAccountPart,
  sourceMailAccess,
  type TargetMailAccess,
  targetMailAccess,
} from '../../case/mail-access.ts';
import { holdersOf } from '../../case/mail-holders.ts';
import type { Ports, Vault } from '../../case/ports.ts';
import { chunksAtOnce, serverLoad, shareOf } from '../../case/server-load.ts';
import type { Run } from '../engine.ts';
import { Throttle } from '../throttle.ts';
import { confidedBy, withJob } from '../with-job.ts';
import { guardedDial } from './dial.ts';
import { pinned } from './first-contact.ts';
import type { MailJob } from './job.ts';
import { patienceOf } from './open-account.ts';
import { inPlannedOrder } from './planned-accounts.ts';

/** What a run of a mail transfer is about, besides the moving itself. */
export interface MailTask {
  chunksAtOnce: number;
  creation: TargetMailAccess['creation'];
  /** Where in the vault what belongs to the target's registration is kept. */
  targetSecret: string;
}

/** Gathers what a run needs from what was confided for it, and works. */
export function withMailJob<T>(
  ports: Ports,
  run: Run,
  work: (job: MailJob, task: MailTask) => Promise<T>,
): Promise<T> {
  return withJob(ports, run, async (job, c) => {
    const { vault, settings } = ports;
    const from = await confidedBy(ports, c, 'source-mail', 'source-access');
    const to = await confidedBy(ports, c, 'target-mail', 'migration-details');
    const source = sourceMailAccess.parse(JSON.parse(from.text));
    const target = targetMailAccess.parse(JSON.parse(to.text));
    const dial = guardedDial(settings.allowedAddresses);
    const patience = patienceOf(job);
    const pin = (secret: string) => ({ vault, caseId: c.id, name: `${secret}.certificate` });
    const access = mailAccess.parse({
      source: await pinned(pin(from.secret), source.server, dial, patience),
      target: await pinned(pin(to.secret), target.server, dial, patience),
      ...(source.master && { sourceMaster: source.master }),
      ...(target.master && { targetMaster: target.master }),
      targets: target.targets,
      deleted: source.deleted,
      verify: target.verify,
    });
    const loads = [serverLoad(c, settings, 'source'), serverLoad(c, settings, 'target')] as const;
    // A POP3 server locks the mailbox that is open.
    const chunks = source.server.protocol === 'pop3' ? 1 : chunksAtOnce(...loads);
    const throttle = new Throttle(shareOf(loads[0], chunks).bytesPerSecond);
    const list = await accountsOf(vault, c);
    const accounts = await inPlannedOrder(job, list.accounts);
    const { creation } = target;
    return work(
      { ...job, access, accounts, settings: list.settings, dial, throttle },
      { chunksAtOnce: chunks, creation, targetSecret: to.secret },
    );
  });
}

/** The accounts of a case, with the passwords that their holders gave. Throws TerminalError when there are none. */
export async function accountsOf(
  vault: Vault,
  c: Case,
): Promise<{ accounts: MailAccount[] } & Pick<MailAccountPart, 'settings'>> {
  const suffix = c.forms['source-access']?.value.confided;
  const list: MailAccountPart = { accounts: [], settings: [] };
  for (let part = 1; ; part++) {
    const text = await vault.get(c.id, `${accountPartSecret(part)}.${suffix}`);
    if (text === undefined) break;
    const { accounts, settings } = mailAccountPart.parse(JSON.parse(text));
    list.accounts.push(...accounts);
    list.settings.push(...settings);
  }
  if (list.accounts.length === 0)
    throw new TerminalError('メールアカウントの一覧がありません。お客さまにもう一度お伺いしてください。');
  const holders = holdersOf(c);
  const accounts = await Promise.all(
    list.accounts.map(async (account, index) => {
      const confided = holders[index]?.confided;
      const given = confided && (await vault.get(c.id, `${holderSecret(index)}.${confided}`));
      return { ...account, ...(given && { password: given }) };
    }),
  );
  return { ...list, accounts };
}
