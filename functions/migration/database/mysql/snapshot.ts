import type { Connection } from 'mysql2';
import { TransientError } from '../../../case/errors.ts';
import { quoteName } from './identifiers.ts';
import { attempt, execute } from './query.ts';
import { isTransactional, type Table } from './schema.ts';

/**
 * How sure it is that all connections see one moment.
 * `global-lock`: FLUSH TABLES WITH READ LOCK (needs RELOAD). `table-locks`: LOCK TABLES … READ (needs LOCK TABLES).
 * `none`: neither is allowed; each connection has a moment of its own, and only a stop of writes makes them one.
 */
export type Consistency = 'global-lock' | 'table-locks' | 'none';

/** Seconds that the source's visitors may have to wait for their writes. */
const longestWait = 15;

/**
 * Opens a snapshot on every connection (START TRANSACTION WITH CONSISTENT SNAPSHOT) while `control` holds writes off for
 * the blink that it takes. Views and tables without transactions have no snapshot: whoever plans the move says so.
 */
export async function openSnapshots(
  control: Connection,
  readers: readonly Connection[],
  tables: readonly Table[],
): Promise<Consistency> {
  await attempt(control, `SET SESSION lock_wait_timeout = ${longestWait}`);
  const consistency = await lock(control, tables);
  try {
    await inBrief(
      Promise.all(readers.map((reader) => execute(reader, 'START TRANSACTION WITH CONSISTENT SNAPSHOT'))),
    );
  } finally {
    if (consistency !== 'none') await attempt(control, 'UNLOCK TABLES');
  }
  return consistency;
}

/** The site's visitors wait meanwhile: a connection that hangs must not hold them up. */
async function inBrief(opening: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const problem =
      '移行元の読み取りの開始に時間がかかりすぎたため、やり直します。書き込みは止めていません。';
    timer = setTimeout(() => reject(new TransientError(problem)), longestWait * 1000);
  });
  try {
    await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function lock(control: Connection, tables: readonly Table[]): Promise<Consistency> {
  if (await attempt(control, 'FLUSH TABLES WITH READ LOCK')) return 'global-lock';
  const names = tables.filter(isTransactional).map(({ name }) => `${quoteName(name)} READ`);
  if (names.length > 0 && (await attempt(control, `LOCK TABLES ${names.join(', ')}`))) return 'table-locks';
  return 'none';
}
