import type { Description } from '../description.ts';
import { foldedNames } from './definition-reading.ts';
import { foreignKeysOf } from './foreign-keys.ts';
import { entriesOf } from './table-entries.ts';
import { isWord, type Token, tokensOf } from './tokens.ts';

/**
 * A table's description with what SHOW CREATE TABLE alone tells, to every account that may read. `texts`: entry by entry
 * too, where both servers are of the very same version. `folds`: names that differ in case alone are one.
 */
export function withStatement(
  { facts, texts }: Description,
  create: string,
  { folds, texts: alike }: { folds: boolean; texts: boolean },
): Description {
  return {
    facts: { ...facts, ...foreignKeysOf(create, { folds }), ...checksOf(create) },
    texts: { ...texts, ...(alike && textsOf(folds ? foldedNames(create) : create)) },
  };
}

/**
 * A table's statement, entry by entry, without its counter: of what no catalogue has a column for (a column's own check, a
 * key's parser, a compressed column, the tables of a MERGE). Servers of one version write one table alike; keys come in any
 * order.
 */
export function textsOf(create: string): Record<string, string> {
  const texts: Record<string, string> = {};
  let end = 0;
  for (const [index, entry] of entriesOf(create).entries()) {
    const [first, last] = [entry[0], entry.at(-1)];
    if (!first || !last) continue;
    end = last.to;
    const label = labelOf(entry);
    // A column's place is in its text; foreign keys are facts.
    const place = first.kind === 'name' ? `${index + 1} ` : '';
    if (label !== undefined) texts[`${label} の書き方`] = place + create.slice(first.from, last.to);
  }
  const tail = [...tokensOf(create.slice(end))].find(({ value }) => value === ')');
  texts.表の書き方 = create.slice(end + (tail?.to ?? 0)).replace(/ AUTO_INCREMENT=\d+/, '');
  return texts;
}

/** Named checks, each with whether the server enforces it (MySQL 8.0.16; MariaDB always does). A column's own has no name. */
export function checksOf(create: string): Record<string, string> {
  const checks: Record<string, string> = {};
  for (const entry of entriesOf(create)) {
    const [first, name, check] = entry;
    if (!isWord(first, 'CONSTRAINT') || !isWord(check, 'CHECK') || !name) continue;
    const isIdle = entry.some((token, index) => isWord(token, 'NOT') && isWord(entry[index + 1], 'ENFORCED'));
    checks[`検査制約 ${name.value}`] = isIdle ? 'NOT ENFORCED' : 'ENFORCED';
  }
  return checks;
}

/** What MySQL calls a check that has no name (MySQL 8.0.16 manual, "CHECK Constraints"). */
export const unnamedCheck = /^検査制約 .*_chk_\d+$/;

const keyWords = /^(UNIQUE|FULLTEXT|SPATIAL|VECTOR)$/;

function labelOf(entry: readonly Token[]): string | undefined {
  const [first, second, third] = entry;
  if (first?.kind === 'name') return `列 ${first.value}`;
  if (isWord(first, 'PRIMARY')) return '索引 PRIMARY';
  if (isWord(first, 'KEY')) return `索引 ${second?.value}`;
  if (first?.kind === 'word' && keyWords.test(first.value)) return `索引 ${third?.value}`;
  if (isWord(first, 'CONSTRAINT')) return isWord(third, 'CHECK') ? `検査制約 ${second?.value}` : undefined;
  return first?.value;
}
