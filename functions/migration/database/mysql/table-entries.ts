import { type Token, tokensOf } from './tokens.ts';

/** Columns, keys and constraints of CREATE TABLE. */
export function entriesOf(create: string): Token[][] {
  const entries: Token[][] = [];
  let depth = 0;
  for (const token of tokensOf(create)) {
    const { value } = token;
    const inner = depth > 0;
    if (token.kind === 'punctuation' && value === '(') depth++;
    if (token.kind === 'punctuation' && value === ')') depth--;
    if (depth === 0 && inner) return entries;
    if (depth === 1 && (!inner || (token.kind === 'punctuation' && value === ','))) entries.push([]);
    else if (inner) entries.at(-1)!.push(token);
  }
  return entries;
}
