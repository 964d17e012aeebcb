import type { DatabaseLine } from '../line.ts';
import type { Session } from './ends.ts';
import { refusalOf } from './explain.ts';

const pieceBytes = 1024 * 1024;

/**
 * Large objects under their own numbers, which rows hold as plain values; a piece of 1 MB at a time. Those that an earlier
 * run brought and that the source has no more go too.
 */
export async function copyLargeObjects(
  source: Session,
  target: Session,
  line: DatabaseLine,
): Promise<DatabaseLine> {
  try {
    if (line.known && (await largeObjectsSum(source)) === (await largeObjectsSum(target))) {
      return { ...line, outcome: 'unchanged' };
    }
    const { rows } = await source.query(
      'SELECT oid::text AS id FROM pg_catalog.pg_largeobject_metadata ORDER BY oid',
    );
    if (line.known) {
      const gone = 'WHERE NOT oid = ANY ($1::oid[])';
      await target.query(`SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata ${gone}`, [
        rows.map(({ id }) => id),
      ]);
    }
    for (const { id } of rows) await copyOne(source, target, id);
    return { ...line, outcome: 'moved', rows: rows.length };
  } catch (error) {
    const code = refusalOf(error);
    if (code === undefined) throw error;
    return { ...line, outcome: 'skipped', why: `ラージオブジェクトを移行できません(エラー${code})` };
  }
}

async function copyOne(source: Session, target: Session, id: string): Promise<void> {
  await target.query('BEGIN');
  await target.query(
    'SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = $1',
    [id],
  );
  await target.query('SELECT pg_catalog.lo_create($1)', [id]);
  for (let at = 0; ; at += pieceBytes) {
    const { rows } = await source.query('SELECT pg_catalog.lo_get($1, $2, $3) AS piece', [
      id,
      at,
      pieceBytes,
    ]);
    const piece = rows[0].piece as Buffer;
    if (piece.length > 0) await target.query('SELECT pg_catalog.lo_put($1, $2, $3)', [id, at, piece]);
    if (piece.length < pieceBytes) break;
  }
  await target.query('COMMIT');
}

/** Count and content, order-free, at one end. */
export async function largeObjectsSum(session: Session): Promise<string> {
  const { rows } = await session.query(
    `SELECT COUNT(*)::text || ' ' || COALESCE(SUM(('x' || pg_catalog.substr(pg_catalog.md5(oid::text || pg_catalog.md5(pg_catalog.lo_get(oid))), 1, 16))::bit(64)::bigint::numeric), 0)::text AS sum
     FROM pg_catalog.pg_largeobject_metadata`,
  );
  return rows[0].sum;
}
