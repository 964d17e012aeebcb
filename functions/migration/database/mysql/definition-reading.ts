import type { Reading, Value } from './catalogue.ts';
import { mapCharset, mapCollation } from './collations.ts';
import { type RewriteContext, rewriteObject, rewriteTable } from './rewrite.ts';
import { replaceParts, tokensOf } from './tokens.ts';

export interface TargetFacts {
  /** CURRENT_USER() of the account that makes the objects. */
  account: string;
  /** Names that differ in case alone are one. */
  folds: boolean;
}

/** The target's, as its server has them. */
export function asTheyStand({ account, folds }: TargetFacts): Reading {
  const plain = (value: Value) => value;
  return {
    charset: (name) => withoutAlias(name),
    clientCharset: (name) => withoutAlias(name),
    collation: (name) => withoutAlias(name),
    engine: lower,
    name: (name) => (folds ? lower(name) : name),
    definer: (definer) => (definer === account ? movedBy : definer),
    modes: (list) => sorted(list),
    status: (status) => (status === 'ENABLED' ? '有効' : '無効'),
    sql: plain,
    view: (text) => (folds && typeof text === 'string' ? foldedNames(text) : text),
    options: (text) => lower(text),
  };
}

/**
 * The source's, as a move puts them: the database's name, DEFINER, collations by the stated table, engines and modes that
 * the target lacks. The ledger tells each of these as altered. `unknownModes`: in upper case.
 */
export function asMoved(
  context: RewriteContext,
  facts: TargetFacts,
  unknownModes: ReadonlySet<string>,
): Reading {
  const standing = asTheyStand(facts);
  const { target, engines } = context;
  const sql = (text: Value) => (typeof text === 'string' ? rewriteObject(text, context).sql : text);
  return {
    ...standing,
    charset: (name) => (typeof name === 'string' ? withoutAlias(mapCharset(name, target)) : name),
    // Text reaches the target as UTF-8: the set of an old client stays only where all of it is ASCII.
    clientCharset: (name) => (/^utf8/.test(String(name)) ? withoutAlias(name) : undefined),
    collation: (name) => (typeof name === 'string' ? withoutAlias(mapCollation(name, target)?.name) : name),
    engine: (name) => (engines.has(String(name).toLowerCase()) ? lower(name) : 'innodb'),
    definer: (definer) => (definer === undefined ? undefined : movedBy),
    modes: (list) => sorted(list)?.filter((mode) => !unknownModes.has(mode)),
    // An event waits for the cutover disabled, and may be at work after it.
    status: (status) => (status === 'ENABLED' ? undefined : '無効'),
    sql,
    view: (text) => standing.view(sql(text) as Value),
    options: (text) => (typeof text === 'string' ? lower(rewriteTable(text, context).sql.trim()) : text),
  };
}

const movedBy = '移行先のユーザー';

const lower = (value: Value) => (typeof value === 'string' ? value.toLowerCase() : value);

/** `utf8` became `utf8mb3`: one character set. */
function withoutAlias(name: Value): Value {
  return typeof name === 'string' ? name.toLowerCase().replace(/^utf8(?=_|$)/, 'utf8mb3') : name;
}

function sorted(list: Value): string[] | undefined {
  return typeof list === 'string' ? list.toUpperCase().split(',').filter(Boolean).sort() : undefined;
}

export function foldedNames(text: string): string {
  const names = [...tokensOf(text)].filter(({ kind }) => kind === 'name');
  return replaceParts(
    text,
    names.map(({ from, to }) => ({ from, to, by: text.slice(from, to).toLowerCase() })),
  );
}
