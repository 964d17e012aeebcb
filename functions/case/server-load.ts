import type { WebEnd } from './access.ts';
import type { Case } from './case.ts';
import type { Settings } from './settings.ts';

/** What a server is asked to bear at once, by all that works on it together. */
export interface ServerLoad {
  connections: number;
  /** Of reading; without: no bound. */
  bytesPerSecond?: number;
}

const megabyte = 1_000_000;

/** The bounds of the settings, and for the source those that the engineer has set for this case. */
export function serverLoad({ forms }: Case, { servers }: Settings, end: WebEnd): ServerLoad {
  const own = end === 'source' ? forms['migration-details']?.value : undefined;
  const connections = (own?.sourceConnections as number | undefined) ?? servers.connections;
  const megabytes = (own?.sourceMegabytesPerSecond as number | undefined) ?? servers.megabytesPerSecond;
  return { connections, ...(megabytes !== undefined && { bytesPerSecond: megabytes * megabyte }) };
}

/** What each of `workers` at once may take, so that together they keep the bounds. */
export function shareOf({ connections, bytesPerSecond }: ServerLoad, workers: number): ServerLoad {
  return {
    connections: Math.max(1, Math.floor(connections / workers)),
    ...(bytesPerSecond !== undefined && { bytesPerSecond: bytesPerSecond / workers }),
  };
}

/** How many chunks move at once (transfer.asl.json): as many as each server may have connections, and no more than two. */
export function chunksAtOnce(...loads: readonly ServerLoad[]): number {
  return Math.min(2, ...loads.map(({ connections }) => connections));
}
