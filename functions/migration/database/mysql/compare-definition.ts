import type { Connection } from 'mysql2';
import { type Description, differenceOf } from '../description.ts';
import type { DatabaseLine } from '../line.ts';
import type { Comparison } from '../pair.ts';
import { asMoved, asTheyStand } from './definition-reading.ts';
import { declareRepaired } from './double-encoding.ts';
import { definitionHash } from './ends.ts';
import { counterOf } from './finish-definitions.ts';
import { grantLine, standsGrant } from './grants.ts';
import { objectLine, unknownModes } from './make-objects.ts';
import { foldsNames } from './names.ts';
import { noSuchTable, refusalOf, rowOf } from './query.ts';
import { type Definitions, readDefinitions } from './read-definitions.ts';
import { type RewriteContext, rewriteTable } from './rewrite.ts';
import { readRewriteContext } from './rewrite-context.ts';
import type { Schema } from './schema.ts';
import { serverKind } from './server-kind.ts';
import { hashesOf, objectsAt } from './stored-hash.ts';
import { unnamedCheck, withStatement } from './table-texts.ts';
import { definitionAt } from './target-objects.ts';

/** All definitions of both ends, read as what a move makes of them. */
export interface ComparedDefinitions {
  target: Connection;
  schema: Schema;
  here: Definitions;
  there: Definitions;
  /** At either end names that differ in case alone are one. */
  folds: boolean;
  /** Of the target's objects, by path. */
  hashes: ReadonlyMap<string, string>;
  otherVersion: boolean;
  /** The very same version: statements are written alike. */
  sameWords: boolean;
  /** The target gives a name to each check; the source does not. */
  namesChecks: boolean;
  context: RewriteContext;
  /** By table. */
  repaired: ReadonlyMap<string, ReadonlySet<string>>;
}

/** `target` is a session of its own: modes are tried in it while others read. */
export async function readBoth(
  { source, target }: { source: Connection; target: Connection },
  schema: Schema,
  repaired: ComparedDefinitions['repaired'],
): Promise<ComparedDefinitions> {
  const { account, database } = await rowOf(
    target,
    'SELECT CURRENT_USER() AS account, DATABASE() AS `database`',
  );
  const folds = (await foldsNames(source)) || (await foldsNames(target));
  const facts = { account: String(account), folds };
  const context = await readRewriteContext(source, target, {
    sourceDatabase: schema.database,
    targetDatabase: String(database),
  });
  const standing = await objectsAt(target);
  const there = await readDefinitions(target, standing, asTheyStand(facts), {
    folds: await foldsNames(target),
  });
  const unknown = await unknownModes(target, schema.objects);
  const here = await readDefinitions(source, schema.objects, asMoved(context, facts, unknown), {
    folds: await foldsNames(source),
  });
  const [one, other] = [await serverKind(source), await serverKind(target)];
  const release = (version: number) => Math.floor(version / 100);
  const otherVersion = one.flavour !== other.flavour || release(one.version) !== release(other.version);
  // Within a release too: MariaDB 10.6 began to write each COLLATE, MySQL 8.0 to write int(11) as int.
  const sameWords = one.flavour === other.flavour && one.version === other.version;
  const namesChecks = one.flavour === 'mariadb' && other.flavour === 'mysql';
  const hashes = hashesOf(standing);
  return {
    target,
    schema,
    here,
    there,
    folds,
    hashes,
    otherVersion,
    sameWords,
    namesChecks,
    context,
    repaired,
  };
}

/** A definition at the target: there, as it was made, and fact by fact what the source has. */
export async function compareDefinition(both: ComparedDefinitions, line: DatabaseLine): Promise<Comparison> {
  const { target, schema, here, there, otherVersion } = both;
  if (line.kind === 'grant') {
    const grant = schema.grants.find((one) => grantLine(one).path === line.path);
    const { database } = await rowOf(target, 'SELECT DATABASE() AS `database`');
    const stands = grant === undefined || (await standsGrant(target, grant, String(database)));
    return { result: stands ? 'match' : 'missing' };
  }
  const { name } = line;
  if (!there.of(line.kind, name)) return { result: 'missing' };
  const now = await atTarget(both, line);
  if (!now) return { result: 'missing' };
  const source = described(here.of(line.kind, name), movedAs(both, line), both);
  const standing = described(there.of(line.kind, name), now.create, both);
  const altered = line.targetSha256 !== undefined && now.hash !== line.targetSha256;
  if (sourceHash(schema, line) !== line.sha256 && !altered) {
    return { result: 'changed-at-source', remark: `${name}: 移行後に移行元で定義が変更` };
  }
  const judging = { otherVersion, skeleton, isTold: toldOf(both, line) };
  const difference = source && standing && differenceOf(source, standing, judging);
  const what = difference && 'what' in difference ? `(${difference.what})` : '';
  if (altered) return { result: 'differs', remark: `${name}: 移行先で定義が変更されています${what}` };
  if (what !== '') return { result: 'differs', remark: `${name}: 移行元と移行先で定義が異なります${what}` };
  if (line.counter !== undefined && now.counter !== line.counter) {
    const counters = `移行時 ${line.counter}、移行先 ${now.counter ?? 'なし'}`;
    return { result: 'differs', remark: `${name}: 移行先で AUTO_INCREMENT が変更されています(${counters})` };
  }
  if (difference && 'spelling' in difference)
    return { result: 'match', remark: `${name}: ${difference.spelling}` };
  return { result: 'match' };
}

/** Undefined where the table was dropped since the catalogues were read. */
async function atTarget({ target, hashes }: ComparedDefinitions, line: DatabaseLine) {
  if (line.kind !== 'table') return { hash: hashes.get(line.path ?? '') ?? line.targetSha256 };
  try {
    const create = await definitionAt(target, line.name);
    return { create, hash: definitionHash(create), counter: counterOf(create) };
  } catch (error) {
    if (refusalOf(error) === noSuchTable) return undefined;
    throw error;
  }
}

/** A table's statement at the source, as a move makes it. */
function movedAs({ schema, context, repaired }: ComparedDefinitions, { kind, name }: DatabaseLine) {
  const table = kind === 'table' ? schema.tables.find((one) => one.name === name) : undefined;
  return table && rewriteTable(declareRepaired(table.create, repaired.get(name) ?? new Set()), context).sql;
}

function described(
  description: Description | undefined,
  create: string | undefined,
  { folds, sameWords }: ComparedDefinitions,
): Description | undefined {
  if (!description || create === undefined) return description;
  return withStatement(description, create, { folds, texts: sameWords });
}

function sourceHash({ tables, objects }: Schema, { kind, path, name }: DatabaseLine): string | undefined {
  if (kind !== 'table') {
    const object = objects.find((one) => objectLine(one).path === path);
    return object && objectLine(object).sha256;
  }
  const table = tables.find((one) => one.name === name);
  return table && definitionHash(table.create);
}

/** What a version does not tell of, what the ledger's line tells already, and what a repair is to change. */
function toldOf({ here, there, namesChecks, repaired }: ComparedDefinitions, line: DatabaseLine) {
  const columns = line.kind === 'table' ? (repaired.get(line.name) ?? new Set<string>()) : new Set<string>();
  const inherited = line.how?.includes('データベースの照合順序') === true;
  return (what: string) =>
    [...here.lacking, ...there.lacking].some((label) => what.startsWith(label)) ||
    (inherited && /照合順序$/.test(what)) ||
    (namesChecks && unnamedCheck.test(what)) ||
    [...columns].some((column) => repairedFacts.some((fact) => what === `列 ${column} の${fact}`));
}

/** A repair declares them; what the table has by default is not written. */
const repairedFacts = ['文字セット', '照合順序', '書き方'];

/** Servers differ in how they write a word, a bracket, a blank and a number's quotes; what is quoted else is as it is. */
export function skeleton(text: string): string {
  return text.replaceAll(/('(?:[^'\\]|''|\\.)*'|`[^`]*`)|[\s()]+|[A-Z]+/g, (found, quoted?: string) =>
    quoted !== undefined ? quoted : /[A-Z]/.test(found) ? found.toLowerCase() : '',
  );
}
