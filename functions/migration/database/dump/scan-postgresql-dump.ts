import { TerminalError } from '../../../case/errors.ts';
import { type DatabaseLine, linePath } from '../line.ts';
import { judge } from '../postgresql/policy.ts';
import { LeftOutTally } from './left-out.ts';
import { leftOutOf } from './postgresql-left-out.ts';
import type { DumpEvent, Heading } from './postgresql-reader.ts';

/** What pg_dump writes about an object that has a line of its own: it has one only where it fails. */
export const isPartOfAnother = (kind: string) =>
  /^(acl|default acl|comment|sequence set|materialized view data|database|database properties|blob comments)$/.test(
    kind,
  );
/** A dump has a line for each object; a line is some 200 bytes. */
const mostLines = 200_000;

/** Reads a dump to its end before anything of it runs: every statement is judged, and what it will make is listed. */
export async function scanPostgresqlDump(events: AsyncIterable<DumpEvent>): Promise<DatabaseLine[]> {
  const lines = new Map<string, DatabaseLine>();
  const leftOut = new LeftOutTally();
  let rows: DatabaseLine | undefined;
  let statements = 0;
  for await (const event of events) {
    if (event.kind === 'end of rows') rows = undefined;
    else if (event.kind === 'rows' && rows) {
      rows.rows! += event.count;
      rows.size += event.content.length;
    } else if (event.kind === 'statement') {
      statements += 1;
      if (judge(event.text) === 'pass over') {
        const one = leftOutOf(event.text);
        if (one) leftOut.add(one);
        continue;
      }
      const line = lineOf(event.heading, statements);
      if (isPartOfAnother(line.kind)) continue;
      const listed = lines.get(line.path!) ?? line;
      lines.set(line.path!, listed);
      if (listed.kind !== 'rows') continue;
      if (/^COPY\b/i.test(event.text)) rows = listed;
      else {
        listed.rows! += insertedRows(event.text);
        listed.size += event.text.length;
      }
      if (lines.size > mostLines)
        throw new TerminalError('ダンプの中のものが多すぎます。何も実行していません。');
    }
  }
  return [...lines.values(), ...leftOut.lines()];
}

/** The line that a statement belongs to. */
export function lineOf(heading: Heading | undefined, statement: number): DatabaseLine {
  if (!heading) {
    const name = `${statement}`;
    return { ...linePath('statement', name), kind: 'statement', name, size: 0 };
  }
  const { type, schema, name } = heading;
  if (type === 'TABLE DATA') {
    return {
      ...linePath('rows', `${schema}.${name}`),
      kind: 'rows',
      name,
      schema,
      size: 0,
      rows: 0,
      range: {},
    };
  }
  if (/^BLOBS?$|^BLOB METADATA$/.test(type)) {
    return { ...linePath('large objects'), kind: 'large objects', name: '', size: 0 };
  }
  const kind = type.toLowerCase();
  return { ...linePath(kind, `${schema}.${name}`), kind, name, schema, size: 0 };
}

/** Of `INSERT … VALUES (…), (…);` the groups outside of quotes. pg_dump writes one statement a row, or some rows a statement. */
export function insertedRows(statement: string): number {
  const values = statement.search(/\bVALUES\b/i);
  if (values < 0) return 1;
  const scan = /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"[^"]*"|[()]/gs;
  scan.lastIndex = values;
  let depth = 0;
  let rows = 0;
  for (let found = scan.exec(statement); found; found = scan.exec(statement)) {
    if (found[0] === '(') {
      if (depth === 0) rows += 1;
      depth += 1;
    } else if (found[0] === ')') depth -= 1;
  }
  return rows;
}
