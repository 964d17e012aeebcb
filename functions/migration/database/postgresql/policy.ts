import { TerminalError } from '../../../case/errors.ts';
import { namePattern } from './identifiers.ts';

/**
 * First words of what a definition or a dump may run at the target (threats.md, row 2): what makes something inside the one
 * database. Languages that are not trusted, files, programs, roles and other databases are refused or passed over.
 */
const allowed =
  /^(CREATE (OR REPLACE )?(SCHEMA|TABLE|UNLOGGED TABLE|FOREIGN TABLE|SEQUENCE|VIEW|RECURSIVE VIEW|MATERIALIZED VIEW|FUNCTION|PROCEDURE|AGGREGATE|TRIGGER|CONSTRAINT TRIGGER|TYPE|DOMAIN|(UNIQUE )?INDEX|RULE|POLICY|STATISTICS|COLLATION|OPERATOR|CAST|CONVERSION|TEXT SEARCH|EXTENSION)|ALTER (TABLE|SEQUENCE|VIEW|MATERIALIZED VIEW|FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|INDEX|POLICY|STATISTICS|OPERATOR)|COMMENT ON|DROP (TABLE|VIEW|SEQUENCE|INDEX|FUNCTION|TYPE|DOMAIN|TRIGGER|CONSTRAINT|SCHEMA)|INSERT INTO|REFRESH MATERIALIZED VIEW|SELECT PG_CATALOG\.(SETVAL|LO_CREATE|LO_OPEN|LOWRITE|LO_CLOSE)\(|SET SEARCH_PATH = [\w", ]+;|COPY )/;

const passedOver =
  /^(SET (?!SEARCH_PATH)|SELECT PG_CATALOG\.SET_CONFIG|RESET SESSION AUTHORIZATION|GRANT |REVOKE |ALTER DEFAULT PRIVILEGES|(CREATE|ALTER|DROP) (ROLE|USER|GROUP) (?!MAPPING)|ALTER DATABASE|CREATE DATABASE|DROP DATABASE|CREATE EVENT TRIGGER|(CREATE|ALTER) (PUBLICATION|SUBSCRIPTION)|SECURITY LABEL|BEGIN|START TRANSACTION|COMMIT|COMMENT ON (DATABASE|EXTENSION)|CREATE (OR REPLACE )?(TRUSTED |PROCEDURAL )*LANGUAGE)/;

/** How pg_dump sets counters and writes large objects: one call, of constants. */
const constant = String.raw`(?:E?'(?:[^']|'')*'|-?\d+|true|false)`;
const constantCall = new RegExp(
  String.raw`^SELECT\s+pg_catalog\.\w+\(\s*${constant}(?:\s*,\s*${constant})*\s*\);?$`,
  'i',
);

/** A table, perhaps its columns, and the rows that follow: no file, no program, no comment that could hide one. */
const copyOfRows = new RegExp(
  String.raw`^COPY\s+${namePattern}(?:\.${namePattern})?\s*(?:\((?:"(?:[^"]|"")+"|[\w$\s,\u0080-\uffff])*\))?\s*FROM\s+STDIN\b[^;]*;?$`,
  'i',
);

export type Verdict = 'run' | 'pass over';

/** A statement that must not run at the target, whoever asks. */
export class StatementRefused extends TerminalError {
  /** Its first words. */
  readonly what: string;
  constructor(what: string) {
    super(`実行できない文があります(${what})。取り込みを止めました。この文を除いてやり直してください。`);
    this.what = what;
  }
}

/** Throws StatementRefused for what must not run. */
export function judge(statement: string): Verdict {
  const head = statement.slice(0, 200).replaceAll(/\s+/g, ' ').toUpperCase();
  if (passedOver.test(head) || isOwner(statement)) return 'pass over';
  if (!allowed.test(head)) throw refused(head);
  if (/^SELECT /.test(head) && !constantCall.test(statement)) throw refused('SELECT');
  if (/^COPY /.test(head) && !copyOfRows.test(statement)) throw refused('COPY (STDIN以外)');
  if (
    /^INSERT INTO/.test(head) &&
    /\b(SELECT|PG_READ_\w+|PG_LS_\w+|LO_IMPORT|LO_EXPORT|DBLINK\w*|PG_SLEEP\w*)\b/i.test(
      withoutQuotes(statement),
    )
  )
    throw refused('INSERT … SELECT');
  if (/^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)/.test(head)) checkLanguage(statement);
  return 'run';
}

/** `ALTER … OWNER TO x`: the words in a value or in a function's body are nobody's. */
export function isOwner(statement: string): boolean {
  return (
    /^ALTER /i.test(statement) &&
    / OWNER TO ("(?:[^"]|"")+"|[^\s";]+)\s*;?$/i.test(withoutQuotes(statement, true))
  );
}

function checkLanguage(statement: string): void {
  const [, language = 'sql'] = /\bLANGUAGE\s+'?"?(\w+)/i.exec(withoutQuotes(statement, true)) ?? [];
  if (!/^(sql|plpgsql)$/i.test(language)) throw refused(`LANGUAGE ${language}`);
}

/** The statement with something else in place of its literals, of one that is cut off too; quoted names stay. */
export function withoutLiterals(statement: string, by: string): string {
  return statement.replaceAll(
    /"(?:[^"]|"")*"|\$(\w*)\$(?:[\s\S]*?\$\1\$|[\s\S]*$)|[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)/g,
    (quoted) => (quoted.startsWith('"') ? quoted : by),
  );
}

/** The statement with its literals and quoted names made empty, so that words in them are nobody's. */
function withoutQuotes(statement: string, keepShort = false): string {
  return statement.replaceAll(
    /\$(\w*)\$[\s\S]*?\$\1\$|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g,
    (quoted) => (keepShort && /^['"]\w{1,20}['"]$/.test(quoted) ? quoted : "''"),
  );
}

function refused(what: string): StatementRefused {
  return new StatementRefused(what.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60));
}
