import type { Connection } from 'mysql2';
import { rowOf } from './query.ts';
import type { Schema } from './schema.ts';

/** Whether names of tables, views and triggers that differ in case alone are one name here (`lower_case_table_names`). */
export async function foldsNames(connection: Connection): Promise<boolean> {
  const { folding } = await rowOf(connection, 'SELECT @@lower_case_table_names AS folding');
  return Number(folding) !== 0;
}

/** Names of one kind, as a server tells them apart. */
export class Names {
  readonly #names: ReadonlyMap<string, string>;
  readonly #folds: boolean;

  constructor(names: Iterable<string>, folds: boolean) {
    this.#folds = folds;
    this.#names = new Map([...names].map((name) => [this.#fold(name), name]));
  }

  get size(): number {
    return this.#names.size;
  }

  has(name: string): boolean {
    return this.#names.has(this.#fold(name));
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#names.values();
  }

  #fold(name: string): string {
    return this.#folds ? name.toLowerCase() : name;
  }
}

/** What cannot stand at the target beside another, and why: one would take the other's place. */
export interface Twins {
  /** Of tables, views and sequences. */
  tables: ReadonlyMap<string, string>;
  triggers: ReadonlyMap<string, string>;
}

/**
 * Of names that are one at the target the first stays, in the order of their characters: a server lists such names as it
 * likes. Nothing that belongs to the others may reach it.
 */
export function twinsOf(schema: Schema, folds: boolean): Twins {
  const of = (kinds: readonly string[]) =>
    schema.objects.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  const tables = folded(
    [...schema.tables.map(({ name }) => name).sort(), ...of(['view', 'sequence']).sort()],
    folds,
  );
  const triggers = folded(of(['trigger']).sort(), folds);
  for (const { kind, name, table } of schema.objects) {
    const why = kind === 'trigger' && table !== undefined ? tables.get(table) : undefined;
    if (why !== undefined) triggers.set(name, `テーブル ${table} を移行できないため、移行しません`);
  }
  return { tables, triggers };
}

function folded(names: readonly string[], folds: boolean): Map<string, string> {
  const first = new Map<string, string>();
  const twins = new Map<string, string>();
  if (!folds) return twins;
  for (const name of names) {
    const other = first.get(name.toLowerCase());
    if (other === undefined) first.set(name.toLowerCase(), name);
    else {
      const why = `移行先は名前の大文字と小文字を区別しないため(lower_case_table_names)、${other} と同じ名前になります`;
      twins.set(name, `${why}。区別する移行先を用意するか、移行元で名前を変えてから再実行してください`);
    }
  }
  return twins;
}

/** Why an object must not be made at the target; undefined where it may. */
export function twinOf({ tables, triggers }: Twins, kind: string, name: string): string | undefined {
  if (kind === 'trigger') return triggers.get(name);
  return kind === 'table' || kind === 'view' || kind === 'sequence' ? tables.get(name) : undefined;
}
