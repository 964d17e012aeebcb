import { createHash } from 'node:crypto';
import { isOwner } from './policy.ts';
import { splitStatements } from './splitter.ts';

/** One object as pg_dump writes it. */
export interface Definition {
  /** `TABLE`, `FK CONSTRAINT`, `INDEX` … as in pg_dump's table of contents. */
  type: string;
  schema: string;
  /** For constraints, triggers and policies `table name`. */
  name: string;
  /** At the source; '' for what has none. */
  owner: string;
  statements: string[];
  sha256: string;
}

const heading = /^-- Name: (.*); Type: ([A-Z ]+); Schema: (.*); Owner: (.*)$/gm;

/** Divides pg_dump's text at its headings; who owns what is in those. The random word of `\restrict` is psql's business and is left out. */
export function readDefinitions(text: string): Definition[] {
  const plain = text.replaceAll(/^\\(un)?restrict [A-Za-z0-9]+$/gm, '');
  const heads = [...plain.matchAll(heading)];
  const definitions = new Map<string, Definition>();
  for (const [index, head] of heads.entries()) {
    const [, name = '', type = '', schema = '', owner = ''] = head;
    const body = plain.slice(head.index + head[0].length, heads[index + 1]?.index ?? plain.length);
    const statements = [...splitStatements(body)].filter(
      (statement) => !/^SET /i.test(statement) && !isOwner(statement),
    );
    if (statements.length === 0) continue;
    const key = `${type} ${schema} ${name}`;
    const before = definitions.get(key);
    const all = [...(before?.statements ?? []), ...statements];
    const sha256 = createHash('sha256').update(all.join('\n')).digest('hex');
    const named = (text: string) => (text === '-' ? '' : text);
    definitions.set(key, {
      type,
      schema: named(schema),
      name,
      owner: named(owner),
      statements: all,
      sha256,
    });
  }
  return [...definitions.values()];
}
