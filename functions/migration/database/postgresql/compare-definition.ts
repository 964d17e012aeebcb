import type { DatabaseLine } from '../line.ts';
import type { Comparison } from '../pair.ts';
import type { Session } from './ends.ts';

/** Where each kind of definition is listed; `$1` its schema, `$2` its name, of what belongs to a table the last word. */
const listings: Record<string, string> = {
  relation:
    'SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2',
  schema: "SELECT FROM pg_catalog.pg_namespace WHERE COALESCE($1, '') IS NOT NULL AND nspname = $2",
  type: 'SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = $1 AND t.typname = $2',
  function:
    "SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND p.proname = pg_catalog.split_part($2, '(', 1)",
  constraint:
    "SELECT FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace JOIN pg_catalog.pg_class r ON r.oid = c.conrelid WHERE n.nspname = $1 AND r.relname || ' ' || c.conname = $2",
  trigger:
    "SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class r ON r.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = $1 AND r.relname || ' ' || t.tgname = $2",
  policy:
    "SELECT FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class r ON r.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = $1 AND r.relname || ' ' || p.polname = $2",
};

const listedAs: Record<string, keyof typeof listings> = {
  table: 'relation',
  view: 'relation',
  'materialized view': 'relation',
  sequence: 'relation',
  index: 'relation',
  schema: 'schema',
  type: 'type',
  domain: 'type',
  function: 'function',
  procedure: 'function',
  constraint: 'constraint',
  'fk constraint': 'constraint',
  trigger: 'trigger',
  policy: 'policy',
};

/** There, by the catalogue; kinds without a listing were run without an error, which is all that can be said of them. */
export async function compareDefinition(target: Session, line: DatabaseLine): Promise<Comparison> {
  const listing = listings[listedAs[line.kind] ?? ''];
  if (!listing) return { result: 'match' };
  const { rowCount } = await target.query(listing, [line.schema ?? '', line.name]);
  return { result: rowCount ? 'match' : 'missing' };
}
