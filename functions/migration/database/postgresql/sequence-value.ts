import type { DatabaseLine } from '../line.ts';
import type { Session } from './ends.ts';
import { noSuchTable, refusalOf } from './explain.ts';
import { qualified } from './identifiers.ts';

/** Where a sequence stands: `77 true` when 77 was given out, `77 false` when it comes next; undefined where there is none. */
export async function sequenceValue(
  session: Session,
  { schema = '', name }: Pick<DatabaseLine, 'schema' | 'name'>,
): Promise<string | undefined> {
  try {
    const { rows } = await session.query(
      `SELECT last_value::text AS last, is_called AS called FROM ${qualified(schema, name)}`,
    );
    return `${rows[0].last} ${rows[0].called}`;
  } catch (error) {
    if (refusalOf(error) === noSuchTable) return undefined;
    throw error;
  }
}
