import type { Connection } from 'mysql2';
import { readCollations } from './collations.ts';
import { rowsOf } from './query.ts';
import type { RewriteContext } from './rewrite.ts';

/** What decides how definitions are rewritten. Of a dump, whose server is not there, the target stands for both ends. */
export async function readRewriteContext(
  source: Connection,
  target: Connection,
  databases: Pick<RewriteContext, 'sourceDatabase' | 'targetDatabase'>,
): Promise<RewriteContext> {
  return {
    source: await readCollations(source),
    target: await readCollations(target),
    engines: await enginesOf(target),
    parsers: await parsersOf(target),
    ...databases,
  };
}

/** Engines that can make a table here, in lower case. */
async function enginesOf(target: Connection): Promise<Set<string>> {
  const rows = await rowsOf(target, 'SHOW ENGINES');
  const able = rows.filter((row) => row.Support !== 'NO' && row.Support !== 'DISABLED');
  return new Set(able.map((row) => String(row.Engine).toLowerCase()));
}

/** Of full text, in lower case (MySQL 5.1 and MariaDB, "The INFORMATION_SCHEMA PLUGINS Table"). */
async function parsersOf(target: Connection): Promise<Set<string>> {
  const rows = await rowsOf(
    target,
    "SELECT PLUGIN_NAME AS name FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'FTPARSER' AND PLUGIN_STATUS = 'ACTIVE'",
  );
  return new Set(rows.map(({ name }) => String(name).toLowerCase()));
}
