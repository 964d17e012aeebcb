/** A name as MySQL reads it whatever it holds: in backticks, with those inside doubled. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A string literal that no sql_mode reads otherwise: hexadecimal, in UTF-8. */
export function quoteText(text: string): string {
  return text === '' ? "''" : `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`;
}

/** For statements that take no introducer (SET of system variables, comments): plain, for sql_mode ''. */
export function quotePlain(text: string): string {
  return `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}
