import type { CatalogueRow, Fact } from './catalogue.ts';

/** Literals in quotes, which are doubled inside, and expressions as they are: one text for what servers tell in several ways. */
export const columnDefault: Fact = (row, { sql, quotesDefaults }) => {
  const { COLUMN_DEFAULT: value } = row;
  if (typeof value !== 'string') return value;
  if (!quotesDefaults) return isExpression(row, value) ? sql(value) : quoted(value);
  if (value === 'NULL') return null;
  const [, text] = /^'(.*)'$/s.exec(value) ?? [];
  if (text !== undefined) return quoted(text.replaceAll("''", "'").replaceAll('\\\\', '\\'));
  return /^-?\d+(?:\.\d+)?$/.test(value) ? quoted(value) : sql(value);
};

const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, '$&$&')}'`;

/** DEFAULT_GENERATED came with MySQL 8.0.13; before, there was one function, and bits. */
function isExpression({ EXTRA, DATA_TYPE }: CatalogueRow, value: string): boolean {
  return (
    String(EXTRA).includes('DEFAULT_GENERATED') ||
    /^b'[01]*'$/.test(value) ||
    (/^CURRENT_TIMESTAMP/i.test(value) && /^(timestamp|datetime)$/.test(String(DATA_TYPE)))
  );
}
