import { cybozuEngine } from './cybozu/cybozu-engine.ts';
import { databaseEngine } from './database/database-engine.ts';
import type { Engines } from './engine.ts';
import { mailEngine } from './mail/mail-engine.ts';
import { openWebTree } from './web/open-web-tree.ts';
import { webEngine } from './web/web-engine.ts';

/** The engine of each plan. A plan without one is the engineer's own work. */
export const engines: Engines = {
  web: webEngine(openWebTree),
  database: databaseEngine,
  mail: mailEngine,
  cybozu: cybozuEngine(openWebTree),
};
