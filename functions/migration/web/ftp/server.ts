import { checkRelative } from '../../names.ts';
import type { Throttle } from '../../throttle.ts';
import type { Cuts } from './cuts.ts';
import type { Pool } from './pool.ts';
import type { Traits } from './traits.ts';

/** What the parts of a tree share. */
export interface Server {
  pool: Pool;
  traits: Traits;
  /** Absolute, latin1. */
  root: string;
  throttle: Throttle;
  /** Packed bytes of listings that wait to be used. */
  held: { bytes: number };
  cuts: Cuts;
}

/** As the server is told: bytes as latin1 characters, always absolute, so that no name is taken for an option. */
export function absolute(server: Pick<Server, 'root'>, path: Buffer): string {
  checkRelative(path);
  if (path.length === 0) return server.root;
  return `${server.root === '/' ? '' : server.root}/${path.toString('latin1')}`;
}
