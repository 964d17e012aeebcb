import { type WebAccess, type WebEnd, webAccess } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import { checkedServers, type TreeServer } from '../../case/connection-check.ts';
import type { Ports } from '../../case/ports.ts';
import { confidedBy } from '../with-job.ts';
import type { WebPolicy, WebTree } from './open-web-tree.ts';

/** How servers are reached: openWebTree, or a tree in memory in simulations. */
export type OpenTree = (access: WebAccess, policy: WebPolicy) => Promise<WebTree>;

/** What was confided for one server, and what of it is pinned. */
export interface PinnedAccess {
  /** The names in the vault: of the access, and of the key of the first contact. */
  secret: string;
  pin: string;
  access: WebAccess;
}

/** Throws TerminalError when nothing is confided, or no more. */
export async function pinnedAccess(ports: Ports, c: Case, server: TreeServer): Promise<PinnedAccess> {
  const { form, pin: key } = checkedServers[server];
  const { secret, text } = await confidedBy(ports, c, server, form);
  const pin = `${secret}.${key}`;
  const hostKey = await ports.vault.get(c.id, pin);
  // Cybozu's data may be looked for from where the log-in leads.
  const access = webAccess.parse({ root: '.', ...JSON.parse(text), ...(hostKey && { hostKey }) });
  return { secret, pin, access };
}

/** The first contact pins the server's key; from then on another key stops the work. */
export async function openPinned(
  ports: Ports,
  c: Case,
  end: WebEnd,
  open: OpenTree,
  policy: Omit<WebPolicy, 'allowedAddresses'>,
): Promise<WebTree> {
  return openWith(ports, c, await pinnedAccess(ports, c, `${end}-web`), open, policy);
}

export async function openWith(
  { vault, settings }: Ports,
  c: Case,
  { access, pin }: PinnedAccess,
  open: OpenTree,
  policy: Omit<WebPolicy, 'allowedAddresses'>,
): Promise<WebTree> {
  const tree = await open(access, { ...policy, allowedAddresses: settings.allowedAddresses });
  if (!access.hostKey && tree.hostKey) await vault.put(c.id, pin, tree.hostKey);
  return tree;
}
