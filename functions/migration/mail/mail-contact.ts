import type { Case } from '../../case/case.ts';
import { checkedServers, pinOf } from '../../case/connection-check.ts';
import { type MailAccess, mailAccess, sourceMailAccess, targetMailAccess } from '../../case/mail-access.ts';
import type { Ports } from '../../case/ports.ts';
import { type Contact, unverified } from '../contact.ts';
import { confidedBy } from '../with-job.ts';
import { guardedDial } from './dial.ts';
import { certificateOf, examined, withPin } from './first-contact.ts';
import { patienceOf } from './open-account.ts';
import { type MailEnd, tryLogIns } from './try-log-ins.ts';
import { accountsOf } from './with-mail-job.ts';

/** For one answer of the server. Milliseconds. */
const timeout = 8_000;

const notMade = '移行先のアカウントは移行の開始時に作成する設定のため、ログインは確かめていません。';

/** Of a mail server: its certificate is looked at, and whether its mailboxes open. Throws TerminalError. */
export async function mailContact(
  { vault, objects, settings }: Ports,
  c: Case,
  server: `${MailEnd}-mail`,
): Promise<Contact> {
  const { text } = await confidedBy({ vault }, c, server, checkedServers[server].form);
  const pin = pinOf(c, server);
  const pinned = await vault.get(c.id, pin);
  const end = server === 'source-mail' ? 'source' : 'target';
  const { access, mayLogIn } = accessOf(end, JSON.parse(text));
  const look = async (time: number) => {
    const until = Date.now() + time;
    const remaining = () => until - Date.now();
    const dial = guardedDial(settings.allowedAddresses, timeout);
    const patience = patienceOf({ remaining, idleMs: timeout });
    const isPlain = access[end].security === 'plain';
    const certificate = isPlain ? undefined : await certificateOf(access[end], dial, patience);
    const hostKey = certificate && examined(certificate, pinned);
    if (hostKey !== undefined && pinned === undefined) await vault.put(c.id, pin, hostKey);
    const known = hostKey === undefined ? access : { ...access, [end]: withPin(access[end], hostKey) };
    const { accounts } = await accountsOf(vault, c);
    const run = { caseId: c.id, plan: 'mail' as const, run: 0, objects, vault, remaining };
    const found = mayLogIn
      ? await tryLogIns({ ...run, access: known, accounts, dial, idleMs: timeout }, end)
      : { remarks: [notMade] };
    return {
      ...found,
      remarks: [...(certificate?.verified === false ? [unverified] : []), ...found.remarks],
      ...(hostKey !== undefined && { hostKey }),
      ...(certificate && { certificate }),
    };
  };
  return { protocol: access[end].protocol, pinned, look };
}

/** As a run would have it, with one end in the place of both. */
function accessOf(end: MailEnd, confided: unknown): { access: MailAccess; mayLogIn: boolean } {
  if (end === 'source') {
    const { server, master } = sourceMailAccess.parse(confided);
    const target = { ...server, protocol: 'imap' };
    return {
      access: mailAccess.parse({ source: server, target, ...(master && { sourceMaster: master }) }),
      mayLogIn: true,
    };
  }
  const { server, master, targets, creation } = targetMailAccess.parse(confided);
  return {
    access: mailAccess.parse({
      ...{ source: server, target: server, targets },
      ...(master && { targetMaster: master }),
    }),
    mayLogIn: creation.way === 'none',
  };
}
