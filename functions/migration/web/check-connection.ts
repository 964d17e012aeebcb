import type { Case } from '../../case/case.ts';
import { type CheckedServer, type ConnectionCheck, confidedFor } from '../../case/connection-check.ts';
import { TransientError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import { ObjectProblem } from '../object-problem.ts';
import { inWords } from '../transfer-problem.ts';
import { HostKeyChangedError } from '../host-key-changed.ts';
import { type OpenTree, openWith, type PinnedAccess, pinnedAccess } from './open-pinned.ts';
import type { WebTree } from './open-web-tree.ts';

/** A page is answered within 25 seconds; what is left is for the records. Milliseconds. */
const longest = 20_000;
const forRecords = 4_000;
/** For one answer of the server. */
const timeout = 8_000;
/** Objects of the root are counted up to here. */
const mostEntries = 1_000;

type Found = Omit<ConnectionCheck, 'at' | 'by' | 'confided'>;

/**
 * Logs in with what was confided, pins the key at the first contact, and looks at the root and at nothing else. What goes
 * wrong is the answer, not an error. Throws TerminalError when nothing is confided.
 */
export async function checkConnection(
  ports: Ports,
  c: Case,
  server: CheckedServer,
  open: OpenTree,
  by: string,
): Promise<ConnectionCheck> {
  const pinned = await pinnedAccess(ports, c, server);
  const found = await look(ports, c, open, pinned);
  const { protocol, legacyAlgorithms } = pinned.access;
  return {
    ...found,
    protocol,
    ...(legacyAlgorithms && { legacyAlgorithms }),
    at: ports.clock.now().toISOString(),
    by,
    confided: confidedFor(c, server) ?? '',
  };
}

/** The engineer allows an old server's algorithms, or no longer; kept with the access that it is about. */
export async function allowLegacyAlgorithms(
  ports: Ports,
  c: Case,
  server: CheckedServer,
  legacyAlgorithms: boolean,
): Promise<void> {
  const { access, secret } = await pinnedAccess(ports, c, server);
  if ((access.legacyAlgorithms === true) === legacyAlgorithms) return;
  const confided = JSON.parse((await ports.vault.get(c.id, secret)) ?? '{}');
  await ports.vault.put(c.id, secret, JSON.stringify({ ...confided, legacyAlgorithms }));
}

async function look(
  ports: Ports,
  c: Case,
  open: OpenTree,
  pinned: PinnedAccess,
): Promise<Omit<Found, 'protocol'>> {
  const { hostKey } = pinned.access;
  const known = hostKey !== undefined && { hostKey };
  const time = Math.min(ports.remaining(), longest) - forRecords;
  const opening = openWith(ports, c, pinned, open, { timeout, pauses: [], connections: 1 });
  try {
    const tree = await within(time, opening.then(lookAt));
    return {
      ...tree,
      outcome: 'reached',
      ...(!hostKey && tree.hostKey !== undefined && { firstContact: true }),
    };
  } catch (error) {
    if (error instanceof HostKeyChangedError) {
      const { pinned, shown, message } = error;
      return { outcome: 'key-changed', hostKey: pinned, shownKey: shown, message, remarks: [] };
    }
    const message = error instanceof ObjectProblem ? unlisted : inWords(error);
    return { outcome: 'failed', ...known, message, remarks: [] };
  } finally {
    opening.then((tree) => tree.close()).catch(() => undefined);
  }
}

const unlisted =
  'ログインできましたが、フォルダの中を一覧できません。何も変更していません。フォルダの指定と権限をご確認ください。';

async function lookAt(tree: WebTree) {
  let entries = 0;
  for await (const batch of tree.list(Buffer.alloc(0))) {
    entries = Math.min(entries + batch.length, mostEntries);
    if (entries === mostEntries) break;
  }
  const { hostKey, certificate } = tree;
  const shell = await tree.hasShell?.();
  return {
    entries,
    remarks: [...doubts(tree), ...(tree.remarks?.() ?? [])],
    ...(hostKey !== undefined && { hostKey }),
    ...(certificate && { certificate }),
    ...(shell !== undefined && { shell }),
  };
}

function doubts({ certificate }: WebTree): string[] {
  if (!certificate || certificate.verified) return [];
  return [
    '証明書を認証局で検証できません（自己署名、期限切れ、サーバ名の違いなど）。指紋をサーバの運用者にご確認ください。',
  ];
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
