import type { z } from 'zod';
import type { WebAccess } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import { sourceCybozu, targetCybozu } from '../../case/cybozu-access.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import { serverLoad, shareOf } from '../../case/server-load.ts';
import type { OpenTree } from '../web/open-pinned.ts';
import type { WebTree } from '../web/open-web-tree.ts';
import { confidedBy } from '../with-job.ts';

/** The two servers of a Cybozu move: where their access is kept, and the form that asks for it. */
const ends = {
  source: { secret: 'source-cybozu', form: 'source-access', access: sourceCybozu },
  target: { secret: 'target-cybozu', form: 'migration-details', access: targetCybozu },
} as const;
export type CybozuEnd = keyof typeof ends;

export interface Confided<E extends CybozuEnd = CybozuEnd> {
  /** The vault's name of it. */
  secret: string;
  access: z.infer<(typeof ends)[E]['access']>;
}

/** Throws TerminalError when nothing is confided, or no more. */
export async function confidedFor<E extends CybozuEnd>(ports: Ports, c: Case, end: E): Promise<Confided<E>> {
  const { secret, text } = await confidedBy(ports, c, ends[end].secret, ends[end].form);
  return { secret, access: ends[end].access.parse(JSON.parse(text)) as Confided<E>['access'] };
}

/** As it was confided under this very name, be it before the latest form. Throws TerminalError when it is erased. */
export async function confidedUnder({ vault }: Ports, c: Case, secret: string): Promise<Confided<'source'>> {
  const text = await vault.get(c.id, secret);
  if (!text) throw new TerminalError('接続情報がありません。お客さまにもう一度お伺いしてください。');
  return { secret, access: sourceCybozu.parse(JSON.parse(text)) };
}

/** The first contact pins the server's key; from then on another key stops the work. `workers`: how many share its load. */
export async function openServer(
  ports: Ports,
  c: Case,
  { secret, access }: { secret: string; access: WebAccess },
  end: CybozuEnd,
  open: OpenTree,
  workers: number,
): Promise<WebTree> {
  const { vault, settings } = ports;
  const pin = `${secret}.host-key`;
  const hostKey = await vault.get(c.id, pin);
  const tree = await open(
    { ...access, ...(hostKey && { hostKey }) },
    { ...shareOf(serverLoad(c, settings, end), workers), allowedAddresses: settings.allowedAddresses },
  );
  if (!hostKey && tree.hostKey) await vault.put(c.id, pin, tree.hostKey);
  return tree;
}
