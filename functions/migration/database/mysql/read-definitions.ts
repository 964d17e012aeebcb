import type { Connection } from 'mysql2';
import type { Description } from '../description.ts';
import { type Catalogue, type Reading, tell } from './catalogue.ts';
import { objectCatalogues } from './object-catalogues.ts';
import { refusalOf, rowsOf } from './query.ts';
import type { StoredKind, StoredObject } from './schema.ts';
import { serverKind } from './server-kind.ts';
import { tableCatalogues } from './table-catalogues.ts';

export interface Definitions {
  of(kind: string, name: string): Description | undefined;
  /** First words of facts of which this server's version has no catalogue. */
  lacking: ReadonlySet<string>;
}

const unknownTable = [1109, 1146, 1054];

/**
 * All definitions of the session's own database, as its server describes them. `objects`: those of the same database, with
 * their statements, which tell what no catalogue has in every version.
 */
export async function readDefinitions(
  connection: Connection,
  objects: readonly StoredObject[],
  reading: Reading,
  { folds }: { folds: boolean },
): Promise<Definitions> {
  const descriptions = new Map<string, Description>();
  const lacking = new Set<string>();
  const { flavour, version } = await serverKind(connection);
  const worded = { ...reading, quotesDefaults: flavour === 'mariadb' && version >= 100207 };
  const key = (kind: string, name: string) =>
    `${kind} ${/^(table|view|trigger|sequence)$/.test(kind) && !folds ? name : name.toLowerCase()}`;
  for (const catalogue of [...tableCatalogues, ...objectCatalogues]) {
    const rows = await rowsOfCatalogue(connection, catalogue);
    const label = labelOf[catalogue.view];
    if (!rows && label !== undefined) lacking.add(label);
    for (const row of rows ?? []) {
      const [, kind = '', name = ''] = /^(package body|\w+) (.*)$/s.exec(catalogue.owner(row)) ?? [];
      const owner = key(kind, name);
      if (catalogue.begins) descriptions.set(owner, { facts: {}, texts: {} });
      const description = descriptions.get(owner);
      if (description) tell(catalogue, row, worded, description);
    }
  }
  for (const { kind, name, create } of objects) {
    const owner = key(kind, name);
    if (kind === 'sequence') descriptions.set(owner, { facts: {}, texts: { 定義: reading.view(create) } });
    const [, algorithm] = /^CREATE ALGORITHM=(\w+)/.exec(create) ?? [];
    const view = kind === 'view' ? descriptions.get(owner) : undefined;
    if (view) view.facts.アルゴリズム = algorithm;
  }
  return { of: (kind: StoredKind | string, name) => descriptions.get(key(kind, name)), lacking };
}

const labelOf: Record<string, string> = {
  PARTITIONS: 'パーティション',
  PARAMETERS: '引数',
};

/** Undefined where this version has none of the kind. */
async function rowsOfCatalogue(connection: Connection, { view, schema, where, more, order }: Catalogue) {
  const condition = `${schema} = DATABASE()${where === undefined ? '' : ` AND ${where}`}`;
  const columns = `${view}.*${more === undefined ? '' : `, ${more}`}`;
  try {
    return await rowsOf(
      connection,
      `SELECT ${columns} FROM information_schema.${view} WHERE ${condition}${order === undefined ? '' : ` ORDER BY ${order}`}`,
    );
  } catch (error) {
    if (unknownTable.includes(refusalOf(error) ?? 0)) return undefined;
    throw error;
  }
}
