import { type Collations, mapCharset, mapCollation } from './collations.ts';
import { type Replacement, replaceParts, type Token, tokensOf } from './tokens.ts';

/** A statement as the target gets it, and what is different in it, in words for the ledger. */
export interface Rewritten {
  sql: string;
  how: string[];
}

export interface RewriteContext {
  source: Collations;
  target: Collations;
  /** Engines that the target has, in lower case. */
  engines: ReadonlySet<string>;
  /** Of full text, that the target has, in lower case. */
  parsers: ReadonlySet<string>;
  sourceDatabase: string;
  targetDatabase: string;
}

type Rule = (
  tokens: readonly Token[],
  sql: string,
  context: RewriteContext,
) => { replacements: Replacement[]; how: string[] };

const tableRules: readonly Rule[] = [
  collationRule,
  charsetRule,
  engineRule,
  parserRule,
  fileRule,
  databaseRule,
];
const objectRules: readonly Rule[] = [collationRule, charsetRule, definerRule, databaseRule];

/** A SET of a dump, under which its next statements are read. */
export function rewriteSetting(sql: string, target: Collations, shape: string): Rewritten {
  return apply([collationRule, connectionRule], sql, { target } as RewriteContext, shape);
}

/** `shape`: the same text where its bytes are no characters; what is a quote in it is one. */
export function rewriteTable(sql: string, context: RewriteContext, shape = sql): Rewritten {
  return apply(tableRules, sql, context, shape);
}

export function rewriteObject(sql: string, context: RewriteContext, shape = sql): Rewritten {
  return apply(objectRules, sql, context, shape);
}

function apply(rules: readonly Rule[], sql: string, context: RewriteContext, shape: string): Rewritten {
  const tokens = [...tokensOf(shape)].filter(({ kind }) => kind !== 'comment');
  const parts = rules.map((rule) => rule(tokens, sql, context));
  const how = [...new Set(parts.flatMap((part) => part.how))];
  return {
    sql: replaceParts(
      sql,
      parts.flatMap(({ replacements }) => replacements),
    ),
    how,
  };
}

/** `COLLATE x`, `COLLATE=x`. */
function collationRule(tokens: readonly Token[], sql: string, { target }: RewriteContext) {
  const replacements: Replacement[] = [];
  const how: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.value !== 'COLLATE' || token.kind !== 'word') continue;
    const name = valueAfter(tokens, index);
    if (!name || (name.kind !== 'word' && name.kind !== 'name')) continue;
    const from = sql.slice(name.from, name.to).replaceAll('`', '').toLowerCase();
    const mapped = mapCollation(from, target);
    if (!mapped || mapped.name === from) continue;
    replacements.push({ from: name.from, to: name.to, by: mapped.name });
    if (mapped.altered) how.push(`照合順序 ${from} → ${mapped.name}`);
  }
  return { replacements, how };
}

/** `collation_connection = x`, as mysqldump sets it before each object. */
function connectionRule(tokens: readonly Token[], sql: string, { target }: RewriteContext) {
  const replacements: Replacement[] = [];
  const how: string[] = [];
  for (const [index, token] of tokens.entries()) {
    const name = valueAfter(tokens, index);
    if (token.value !== 'COLLATION_CONNECTION' || (name?.kind !== 'word' && name?.kind !== 'text')) continue;
    const from = sql.slice(name.from, name.to).replaceAll("'", '').toLowerCase();
    const mapped = mapCollation(from, target);
    if (!mapped || mapped.name === from) continue;
    replacements.push({ from: name.from, to: name.to, by: mapped.name });
    if (mapped.altered) how.push(`照合順序 ${from} → ${mapped.name}`);
  }
  return { replacements, how };
}

/**
 * `CHARACTER SET x`, `CHARSET=x`. Where no collation follows, the source's default is written out when the target's is
 * another: utf8mb4 alone means utf8mb4_general_ci in 5.7 and something else in 8.0 and in MariaDB 11.6.
 */
function charsetRule(tokens: readonly Token[], sql: string, { source, target }: RewriteContext) {
  const replacements: Replacement[] = [];
  for (const [index, token] of tokens.entries()) {
    const isSet = token.value === 'SET' && tokens[index - 1]?.value === 'CHARACTER';
    if (token.kind !== 'word' || !(isSet || token.value === 'CHARSET')) continue;
    const name = valueAfter(tokens, index);
    if (name?.kind !== 'word') continue;
    const from = sql.slice(name.from, name.to).toLowerCase();
    const charset = mapCharset(from, target);
    const at = tokens.indexOf(name);
    const implied = source.defaults.get(from);
    const followed = tokens[at + 1]?.value === 'COLLATE';
    const differs =
      implied !== undefined && mapCollation(implied, target)?.name !== target.defaults.get(charset);
    const collation = !followed && differs && implied ? mapCollation(implied, target)?.name : undefined;
    const by = collation ? `${charset} COLLATE ${collation}` : charset;
    if (by !== from) replacements.push({ from: name.from, to: name.to, by });
  }
  return { replacements, how: [] };
}

function engineRule(tokens: readonly Token[], sql: string, { engines }: RewriteContext) {
  const replacements: Replacement[] = [];
  const how: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || token.value !== 'ENGINE' || tokens[index + 1]?.value !== '=') continue;
    const name = tokens[index + 2];
    if (!name || engines.has(sql.slice(name.from, name.to).toLowerCase())) continue;
    replacements.push({ from: name.from, to: name.to, by: 'InnoDB' });
    how.push(`ストレージエンジン ${sql.slice(name.from, name.to)} → InnoDB`);
  }
  return { replacements, how };
}

/** `WITH PARSER x` of a FULLTEXT key: MySQL's ngram, which divides Japanese, is not in MariaDB, and a key without one is a key. */
function parserRule(tokens: readonly Token[], sql: string, { parsers }: RewriteContext) {
  const replacements: Replacement[] = [];
  const how: string[] = [];
  for (const [index, token] of tokens.entries()) {
    const name = tokens[index + 2];
    if (token.kind !== 'word' || token.value !== 'WITH' || tokens[index + 1]?.value !== 'PARSER' || !name)
      continue;
    const parser = sql.slice(name.from, name.to).replaceAll('`', '');
    if (parsers.has(parser.toLowerCase())) continue;
    replacements.push({ from: token.from, to: name.to, by: '' });
    how.push(`全文検索の分かち書き ${parser} を除去(検索結果が変わります)`);
  }
  return { replacements, how };
}

/** Places on the source's disk and links to other servers mean nothing at the target, and must not be followed there. */
function fileRule(tokens: readonly Token[]) {
  const replacements: Replacement[] = [];
  const how: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const directory = /^(DATA|INDEX)$/.test(token.value) && tokens[index + 1]?.value === 'DIRECTORY';
    const option = /^(CONNECTION|TABLESPACE)$/.test(token.value) && tokens[index + 1]?.kind !== 'punctuation';
    const assigned = /^(CONNECTION|ENCRYPTION)$/.test(token.value) && tokens[index + 1]?.value === '=';
    if (!directory && !assigned && !option) continue;
    const value = valueAfter(tokens, directory ? index + 1 : index);
    if (!value) continue;
    replacements.push({ from: token.from, to: value.to, by: '' });
    how.push(`${token.value}${directory ? ' DIRECTORY' : ''} の指定を除去`);
  }
  return { replacements, how };
}

/** Whoever runs the move owns the object: making one for another user needs rights that no customer has. */
function definerRule(tokens: readonly Token[], sql: string) {
  const replacements: Replacement[] = [];
  const how: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || token.value !== 'DEFINER' || tokens[index + 1]?.value !== '=') continue;
    const user = tokens[index + 2];
    if (!user) continue;
    const host = tokens[index + 3]?.value === '@' ? tokens[index + 4] : undefined;
    const to = (host ?? user).to;
    replacements.push({ from: user.from, to, by: 'CURRENT_USER' });
    how.push(`DEFINER ${sql.slice(user.from, to)} → 移行先のユーザー`);
  }
  return { replacements, how };
}

/** `source`.`table` written out in a view, trigger or event, or in a default that draws from a sequence. */
function databaseRule(tokens: readonly Token[], sql: string, context: RewriteContext) {
  const replacements: Replacement[] = [];
  const how: string[] = [];
  const { sourceDatabase, targetDatabase } = context;
  if (sourceDatabase === targetDatabase) return { replacements, how };
  for (const [index, token] of tokens.entries()) {
    const name =
      token.kind === 'name' ? token.value : token.kind === 'word' ? sql.slice(token.from, token.to) : '';
    if (name !== sourceDatabase || tokens[index + 1]?.value !== '.' || tokens[index - 1]?.value === '.')
      continue;
    replacements.push({ from: token.from, to: token.to, by: `\`${targetDatabase.replaceAll('`', '``')}\`` });
    how.push(`データベース名 ${sourceDatabase} → ${targetDatabase}`);
  }
  return { replacements, how };
}

/** The token behind an option's name, with or without `=`. */
function valueAfter(tokens: readonly Token[], index: number): Token | undefined {
  return tokens[index + 1]?.value === '=' ? tokens[index + 2] : tokens[index + 1];
}
