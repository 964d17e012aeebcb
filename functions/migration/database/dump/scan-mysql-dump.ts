import type { Connection } from 'mysql2';
import { type DatabaseLine, linePath } from '../line.ts';
import { readCollations } from '../mysql/collations.ts';
import { isWord } from '../mysql/tokens.ts';
import { DumpText } from './dump-text.ts';
import { LeftOutTally } from './left-out.ts';
import { judge } from './mysql-policy.ts';
import { changeSession } from './mysql-session.ts';
import { type DumpStatement, MysqlSplitter } from './mysql-splitter.ts';

export interface DumpScan {
  lines: DatabaseLine[];
  statements: number;
}

/**
 * Reads a dump to its end before anything of it runs: every statement is judged, and what it will make is listed. Only
 * its SETs run, in a session that ends with the scan.
 */
export async function scanMysqlDump(pieces: AsyncIterable<Buffer>, session: Connection): Promise<DumpScan> {
  const splitter = new MysqlSplitter();
  const own: { database?: string } = {};
  const objects = new Map<string, DatabaseLine>();
  const rows = new Map<string, DatabaseLine>();
  const leftOut = new LeftOutTally();
  const collations = await readCollations(session);
  let statements = 0;
  for await (const statement of splitter.statements(pieces)) {
    statements++;
    const verdict = judge(statement, own);
    if (verdict.do === 'leave out') leftOut.add(verdict.leftOut);
    if (verdict.do !== 'run') continue;
    if (verdict.kind === 'session') await changeSession(session, statement, splitter, collations);
    if (!verdict.object) continue;
    const { kind, name } = verdict.object;
    if (verdict.kind === 'definition') {
      // mysqldump makes a table that stands for a view until the view itself is made.
      if (kind === 'view') objects.delete(`tables/${name}`);
      const path = `${kind}s/${name}`;
      objects.set(path, { ...linePath(`${kind}s`, name), kind, name, size: 0 });
      if (kind === 'table') rows.set(name, rows.get(name) ?? emptyRows(name));
    } else {
      const line = rows.get(name) ?? emptyRows(name);
      rows.set(name, {
        ...line,
        rows: line.rows! + rowsIn(statement),
        size: line.size + statement.bytes.length,
      });
    }
  }
  for (const name of rows.keys()) if (!objects.has(`tables/${name}`)) rows.delete(name);
  return { lines: [...objects.values(), ...rows.values(), ...leftOut.lines()], statements };
}

function emptyRows(name: string): DatabaseLine {
  return { ...linePath('rows', name), kind: 'rows', name, size: 0, rows: 0, range: {} };
}

/** Groups in parentheses without the list of columns; `INSERT … SET` is one row. */
export function rowsIn(statement: DumpStatement): number {
  const { groups, words } = statement;
  if (!words.has('VALUES') && !words.has('VALUE')) return 1;
  const tokens = new DumpText(statement, 4096).tokens();
  let at = tokens.findIndex((token) => isWord(token, 'INTO')) + 1;
  if (tokens[at + 1]?.value === '.') at += 2;
  return groups - (tokens[at + 1]?.value === '(' ? 1 : 0);
}
