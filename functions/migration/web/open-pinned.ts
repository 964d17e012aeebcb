import { type WebAccess, type WebEnd, webAccess, webEnds } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import type { Ports } from '../../case/ports.ts';
import { confidedBy } from '../with-job.ts';
import type { WebPolicy, WebTree } from './open-web-tree.ts';

/** How servers are reached: openWebTree, or a tree in memory in simulations. */
export type OpenTree = (access: WebAccess, policy: WebPolicy) => Promise<WebTree>;

/** What was confided for one end, and what of it is pinned. */
export interface PinnedAccess {
  access: WebAccess;
  /** Where the key of the first contact stands in the vault. */
  pin: string;
}

/** Throws TerminalError when nothing is confided, or no more. */
export async function pinnedAccess(ports: Ports, c: Case, end: WebEnd): Promise<PinnedAccess> {
  const { secret, text } = await confidedBy(ports, c, webEnds[end].secret, webEnds[end].form);
  const pin = `${secret}.host-key`;
  const hostKey = await ports.vault.get(c.id, pin);
  return { access: { ...webAccess.parse(JSON.parse(text)), ...(hostKey && { hostKey }) }, pin };
}

/** The first contact pins the server's key; from then on another key stops the work. */
export async function openPinned(
  ports: Ports,
  c: Case,
  end: WebEnd,
  open: OpenTree,
  policy: Omit<WebPolicy, 'allowedAddresses'>,
): Promise<WebTree> {
  const { access, pin } = await pinnedAccess(ports, c, end);
  const tree = await open(access, { ...policy, allowedAddresses: ports.settings.allowedAddresses });
  if (!access.hostKey && tree.hostKey) await ports.vault.put(c.id, pin, tree.hostKey);
  return tree;
}
