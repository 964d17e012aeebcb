/** A name as PostgreSQL reads it whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name in a statement, for a RegExp. */
export const namePattern = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`;

export function qualified(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** A literal, with standard_conforming_strings on. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
