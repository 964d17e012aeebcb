import type { Case } from '../../case/case.ts';
import type { TreeServer } from '../../case/connection-check.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import { type Contact, type Seen, unverified } from '../contact.ts';
import { ObjectProblem } from '../object-problem.ts';
import { type OpenTree, openWith, pinnedAccess } from './open-pinned.ts';
import type { WebTree } from './open-web-tree.ts';

/** For one answer of the server. Milliseconds. */
const timeout = 8_000;
/** Objects of the root are counted up to here. */
const mostEntries = 1_000;

/** Of a server with a tree of files: its root is listed. Throws TerminalError when nothing is confided. */
export async function treeContact(
  ports: Ports,
  c: Case,
  server: TreeServer,
  open: OpenTree,
): Promise<Contact> {
  const known = await pinnedAccess(ports, c, server);
  const { protocol, legacyAlgorithms, hostKey } = known.access;
  let opening: Promise<WebTree> | undefined;
  return {
    protocol,
    legacyAlgorithms,
    pinned: hostKey,
    async look() {
      opening = openWith(ports, c, known, open, { timeout, pauses: [], connections: 1 });
      try {
        return await lookAt(await opening);
      } catch (error) {
        throw error instanceof ObjectProblem ? new TerminalError(unlisted) : error;
      }
    },
    close: () => void opening?.then((tree) => tree.close()).catch(() => undefined),
  };
}

/** The engineer allows an old server's algorithms, or no longer; kept with the access that it is about. */
export async function allowLegacyAlgorithms(
  ports: Ports,
  c: Case,
  server: TreeServer,
  legacyAlgorithms: boolean,
): Promise<void> {
  const { access, secret } = await pinnedAccess(ports, c, server);
  if ((access.legacyAlgorithms === true) === legacyAlgorithms) return;
  const confided = JSON.parse((await ports.vault.get(c.id, secret)) ?? '{}');
  await ports.vault.put(c.id, secret, JSON.stringify({ ...confided, legacyAlgorithms }));
}

const unlisted =
  'ログインできましたが、フォルダの中を一覧できません。何も変更していません。フォルダの指定と権限をご確認ください。';

async function lookAt(tree: WebTree): Promise<Seen> {
  let entries = 0;
  for await (const batch of tree.list(Buffer.alloc(0))) {
    entries = Math.min(entries + batch.length, mostEntries);
    if (entries === mostEntries) break;
  }
  const { hostKey, certificate } = tree;
  const shell = await tree.hasShell?.();
  return {
    entries,
    remarks: [...(certificate && !certificate.verified ? [unverified] : []), ...(tree.remarks?.() ?? [])],
    ...(hostKey !== undefined && { hostKey }),
    ...(certificate && { certificate }),
    ...(shell !== undefined && { shell }),
  };
}
