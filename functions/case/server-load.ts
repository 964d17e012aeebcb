import type { WebEnd } from './access.ts';
import type { Case, Plan } from './case.ts';
import { movedByEngine } from './schedule-transfers.ts';
import type { Settings } from './settings.ts';

/** What a server is asked to bear at once, by all that works on it together. */
export interface ServerLoad {
  connections: number;
  /** Of reading; without: no bound. */
  bytesPerSecond?: number;
}

const megabyte = 1_000_000;

/** Whose files and mails are often at one server, under several names. Databases have bounds of their own. */
const bounded: readonly Plan[] = ['web', 'mail', 'cybozu'];

/** What one plan may ask of a server, so that those that move at once together keep its bounds. */
export function serverLoad(c: Case, settings: Settings, end: WebEnd): ServerLoad {
  return shareOf(wholeLoad(c, settings, end), Math.min(sharing(c), plansAtOnce(c, settings)));
}

/** How many plans move at once (order.asl.json): one after the other where they share a server's only connection. */
export function plansAtOnce(c: Case, settings: Settings): number {
  if (sharing(c) < 2) return 2;
  return Math.min(2, ...ends.map((end) => wholeLoad(c, settings, end).connections));
}

function sharing(c: Case): number {
  return movedByEngine(c).filter((plan) => bounded.includes(plan)).length;
}

const ends: readonly WebEnd[] = ['source', 'target'];

/** The bounds of the settings, and for the source those that the engineer has set for this case. */
function wholeLoad({ forms }: Case, { servers }: Settings, end: WebEnd): ServerLoad {
  const own = end === 'source' ? forms['migration-details']?.value : undefined;
  const connections = (own?.sourceConnections as number | undefined) ?? servers.connections;
  const megabytes = (own?.sourceMegabytesPerSecond as number | undefined) ?? servers.megabytesPerSecond;
  return { connections, ...(megabytes !== undefined && { bytesPerSecond: megabytes * megabyte }) };
}

/** What each of `workers` at once may take, so that together they keep the bounds; of none, all. */
export function shareOf({ connections, bytesPerSecond }: ServerLoad, workers: number): ServerLoad {
  const parts = Math.max(1, workers);
  return {
    connections: Math.max(1, Math.floor(connections / parts)),
    ...(bytesPerSecond !== undefined && { bytesPerSecond: bytesPerSecond / parts }),
  };
}

/** How many chunks move at once (transfer.asl.json): as many as each server may have connections, and no more than two. */
export function chunksAtOnce(...loads: readonly ServerLoad[]): number {
  return Math.min(2, ...loads.map(({ connections }) => connections));
}
