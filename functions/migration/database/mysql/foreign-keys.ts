import { entriesOf } from './table-entries.ts';
import { isWord } from './tokens.ts';

/**
 * A table's foreign keys, by fact, from SHOW CREATE TABLE: servers show REFERENTIAL_CONSTRAINTS only to accounts that may do
 * more than read (MariaDB 10.11). `folds`: names that differ in case alone are one.
 */
export function foreignKeysOf(create: string, { folds }: { folds: boolean }): Record<string, string> {
  const facts: Record<string, string> = {};
  const named = (name = '') => (folds ? name.toLowerCase() : name);
  for (const entry of entriesOf(create)) {
    const references = entry.findIndex((token) => isWord(token, 'REFERENCES'));
    const [constraint, name, foreign] = entry;
    if (references < 0 || !isWord(constraint, 'CONSTRAINT') || !isWord(foreign, 'FOREIGN')) continue;
    const opens = entry.findIndex(({ value }, index) => index > references && value === '(');
    const closes = entry.findIndex(({ value }, index) => index > opens && value === ')');
    const names = (from: number, to: number) =>
      entry.slice(from, to).flatMap(({ kind, value }) => (kind === 'name' ? value : []));
    const rules = entry.slice(closes + 1).map(({ value }) => value);
    const key = `外部キー ${named(name?.value)} の`;
    facts[`${key}参照先`] = named(names(references, opens).at(-1));
    for (const event of ['UPDATE', 'DELETE']) facts[`${key}ON ${event}`] = ruleOn(event, rules);
    facts[`${key}列`] = `${names(3, references).join()} → ${names(opens, closes).join()}`;
  }
  return facts;
}

/** InnoDB knows no difference between RESTRICT, NO ACTION and none; servers write another one for what nobody has written. */
function ruleOn(event: string, rules: readonly string[]): string {
  const [, rule] = new RegExp(`ON ${event} (CASCADE|SET NULL|SET DEFAULT)`).exec(rules.join(' ')) ?? [];
  return rule ?? 'RESTRICT';
}
