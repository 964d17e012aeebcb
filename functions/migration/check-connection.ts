import type { Case } from '../case/case.ts';
import {
  type CheckedServer,
  type ConnectionCheck,
  confidedFor,
  isTreeServer,
} from '../case/connection-check.ts';
import { TransientError } from '../case/errors.ts';
import type { Ports } from '../case/ports.ts';
import type { Contact } from './contact.ts';
import { databaseContact } from './database/database-contact.ts';
import { HostKeyChangedError } from './host-key-changed.ts';
import { mailContact } from './mail/mail-contact.ts';
import { inWords } from './transfer-problem.ts';
import type { OpenTree } from './web/open-pinned.ts';
import { treeContact } from './web/tree-contact.ts';

/** A page is answered within 25 seconds; what is left is for the records. Milliseconds. */
const longest = 20_000;
const forRecords = 4_000;

/**
 * Logs in with what was confided, pins the key at the first contact, and looks at what is there and at nothing else. What
 * goes wrong is the answer, not an error. Throws TerminalError when nothing is confided.
 */
export async function checkConnection(
  ports: Ports,
  c: Case,
  server: CheckedServer,
  open: OpenTree,
  by: string,
): Promise<ConnectionCheck> {
  const contact = await contactOf(ports, c, server, open);
  const { protocol, legacyAlgorithms } = contact;
  return {
    ...(await look(contact, Math.min(ports.remaining(), longest) - forRecords)),
    protocol,
    ...(legacyAlgorithms && { legacyAlgorithms }),
    at: ports.clock.now().toISOString(),
    by,
    confided: confidedFor(c, server) ?? '',
  };
}

function contactOf(ports: Ports, c: Case, server: CheckedServer, open: OpenTree): Promise<Contact> {
  if (isTreeServer(server)) return treeContact(ports, c, server, open);
  if (server === 'source-mail' || server === 'target-mail') return mailContact(ports, c, server);
  return databaseContact(ports, c, server);
}

async function look(
  contact: Contact,
  time: number,
): Promise<Omit<ConnectionCheck, 'at' | 'by' | 'confided' | 'protocol'>> {
  const { pinned } = contact;
  try {
    const seen = await within(time, contact.look(time));
    const isFirst = pinned === undefined && seen.hostKey !== undefined;
    return { ...seen, outcome: 'reached', ...(isFirst && { firstContact: true }) };
  } catch (error) {
    if (error instanceof HostKeyChangedError) {
      const { pinned: hostKey, shown: shownKey, message } = error;
      return { outcome: 'key-changed', hostKey, shownKey, message, remarks: [] };
    }
    const known = pinned !== undefined && { hostKey: pinned };
    return { outcome: 'failed', ...known, message: inWords(error), remarks: [] };
  } finally {
    contact.close?.();
  }
}

async function within<T>(time: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const seconds = Math.round(time / 1000);
    const message = `${seconds}秒以内に確認が終わりませんでした。サーバの応答が遅いか、接続が遮断されています。何も変更していません。時間をおいて、もう一度確認してください。`;
    timer = setTimeout(() => reject(new TransientError(message)), time);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
