import type { ImapConnection } from './imap/connection.ts';
import { createMailbox, subscribe } from './imap/create.ts';
import { holdsMail, listMailboxes, namespaces } from './imap/list.ts';
import { readableName, wireName } from './imap/mailbox-name.ts';
import { quotaLeft } from './imap/quota.ts';
import { statusOf } from './imap/status.ts';
import type { KnownMailboxes } from './known.ts';
import { flatName, plainestName } from './legal-name.ts';
import type { MailboxTable, PlannedMailbox } from './mailbox-table.ts';
import { type End, mapMailboxes } from './map-mailboxes.ts';
import type { MailSource } from './source.ts';

/** Commands sent before the first answer is waited for. */
const inFlight = 32;

/**
 * Lists both ends, decides where each folder goes, and makes the folders and subscriptions that the target lacks. Doing it
 * again finds what is there. A folder or subscription that the target refuses is in the table, with its words.
 */
export async function prepareAccount(
  user: string,
  source: MailSource,
  target: ImapConnection,
  known: KnownMailboxes,
): Promise<MailboxTable> {
  const from: End = { ...(await source.mailboxes()), readable: (wire) => source.readable(wire) };
  const there = await listMailboxes(target);
  const to: End = {
    mailboxes: there,
    ...(await namespaces(target, there)),
    readable: (wire) => readableName(target, wire),
  };
  // A name that only holds other names is still to be made a folder.
  const existing = new Set(there.filter(holdsMail).map((one) => one.name));
  const subscribed = new Set(there.filter((one) => one.subscribed).map((one) => one.name));
  const before = Object.entries(known).flatMap(([name, one]) =>
    one.target === undefined ? [] : [[name, one.target] as const],
  );
  const mapped = mapMailboxes(from, to, new Map(before));
  const wireOf = (levels: readonly string[]) =>
    levels.length === 1 && levels[0] === 'INBOX'
      ? 'INBOX'
      : to.personal.prefix +
        levels.map((level) => wireName(target, level)).join(to.personal.separator || '_');

  const planned = await inTurns(mapped, async (one): Promise<PlannedMailbox> => {
    const mailbox = {
      source: one.source,
      name: one.path.join('/'),
      ...(one.how !== undefined && { how: one.how }),
      ...(one.why !== undefined && { why: one.why }),
      ...(one.container && { container: one.container }),
    };
    if (!one.target) return mailbox;
    let wire = wireOf(one.target);
    if (existing.has(wire)) return { ...mailbox, target: wire };
    const refused = await createMailbox(target, wire);
    if (refused === undefined) return { ...mailbox, target: wire, created: true };
    for (const levels of [one.target.map(plainestName), [flatName(one.target)]]) {
      wire = wireOf(levels);
      if (mapped.some((other) => other !== one && other.target && wireOf(other.target) === wire)) continue;
      const how = `移行先でのフォルダ名: ${levels.join(' / ')}`;
      // The mark in such a name says whose it is: an earlier run made it.
      if (existing.has(wire)) return { ...mailbox, target: wire, how };
      if ((await createMailbox(target, wire)) === undefined)
        return { ...mailbox, target: wire, created: true, how };
    }
    return { ...mailbox, why: `移行先がフォルダの作成を断りました: ${refused}` };
  });
  await inTurns(planned, async (one, index) => {
    if (one.target === undefined || !mapped[index]!.subscribed || subscribed.has(one.target)) return;
    const refused = await subscribe(target, one.target);
    if (refused !== undefined)
      one.how = [one.how, `移行先が購読の登録を断りました: ${refused}`].filter(Boolean).join('、');
  });
  await addStatus(planned, source, target);
  const left = await quotaLeft(target);
  return { user, mailboxes: planned, ...(left !== undefined && { targetBytesLeft: left }) };
}

async function addStatus(
  planned: PlannedMailbox[],
  source: MailSource,
  target: ImapConnection,
): Promise<void> {
  const moving = planned.filter((one) => one.target !== undefined);
  const before = await source.status(moving.map((one) => one.source));
  const targetBefore = await statusOf(
    target,
    moving.map((one) => one.target!),
  );
  for (const [index, one] of moving.entries()) {
    if (before[index]) one.before = before[index];
    if (targetBefore[index]) one.targetBefore = targetBefore[index];
  }
}

async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += inFlight) {
    done.push(
      ...(await Promise.all(items.slice(at, at + inFlight).map((item, index) => work(item, at + index)))),
    );
  }
  return done;
}
