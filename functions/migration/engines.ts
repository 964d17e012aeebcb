import { cybozuEngine } from './cybozu/cybozu-engine.ts';
import { databaseEngine } from './database/database-engine.ts';
import type { Engines } from './engine.ts';
import { mailEngine } from './mail/mail-engine.ts';
import type { OpenTree } from './web/open-pinned.ts';
import { openWebTree } from './web/open-web-tree.ts';
import { webEngine } from './web/web-engine.ts';

/** The engine of each plan. A plan without one is the engineer's own work. `open` is how servers with files are reached. */
export function enginesWith(open: OpenTree): Engines {
  return {
    web: webEngine(open),
    database: databaseEngine,
    mail: mailEngine,
    cybozu: cybozuEngine(open),
  };
}

export const engines = enginesWith(openWebTree);
