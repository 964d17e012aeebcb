import { TerminalError } from '../../../case/errors.ts';
import { holdsNoRows, type Table } from '../mysql/schema.ts';
import { isWord, type Token } from '../mysql/tokens.ts';
import { DumpText } from './dump-text.ts';
import type { LeftOut } from './left-out.ts';
import { rightsLeftOut, shownHead } from './mysql-left-out.ts';
import type { DumpStatement } from './mysql-splitter.ts';

/** What becomes of a statement of a dump. */
export type Verdict =
  | { do: 'run'; kind: 'definition' | 'rows' | 'session'; object?: { kind: string; name: string } }
  /** Has no meaning for one database at a new place: CREATE DATABASE, LOCK TABLES, a USE of its own. */
  | { do: 'pass over' }
  /** Accounts, rights, settings: told in the ledger. */
  | { do: 'leave out'; leftOut: LeftOut };

/** File functions, and what leads out of one database, whatever statement they stand in. */
const forbiddenWords = [
  ...['LOAD_FILE', 'OUTFILE', 'DUMPFILE', 'INFILE', 'LOAD_XML', 'GRANT', 'REVOKE', 'SHUTDOWN', 'KILL'],
  ...['INSTALL', 'UNINSTALL', 'SONAME', 'PURGE', 'SYS_EXEC', 'SYS_EVAL'],
];
/** Values are constants: whoever computes them at length wants our time. */
const forbiddenInRows = ['SELECT', 'BENCHMARK', 'SLEEP', 'GET_LOCK', 'DUPLICATE'];
const systemSchemas = /^(mysql|information_schema|performance_schema|sys)$/i;

/** Variables of the session that a dump may set; what is set to the others is passed over. */
const settable =
  /^(@[\w.$]+|names|character|charset|character_set_client|character_set_results|character_set_connection|collation_connection|sql_mode|foreign_key_checks|unique_checks|time_zone|sql_notes|autocommit|sql_quote_show_create|transaction|note_verbosity|insert_id|timestamp|sql_safe_updates)$/i;

/**
 * Decides over one statement by its first words and by every word outside quotes; what is not known to be harmless is
 * refused (threats.md, row 2). `own` is the name of the database that the dump calls its own. Throws TerminalError.
 */
export function judge(statement: DumpStatement, own: { database?: string }): Verdict {
  const rows = isRows(statement);
  // Of rows only the head is looked at word by word: the values are quoted, and their bare words are looked at below.
  const text = new DumpText(statement, rows ? 4096 : statement.bytes.length);
  const tokens = text.tokens();
  const leftOut = rightsLeftOut(tokens, text);
  if (leftOut) return { do: 'leave out', leftOut };
  for (const word of forbiddenWords) if (statement.words.has(word)) throw refused(word);
  const [first, second] = tokens.map(({ value }) => value);
  if (tokens.length === 0) return { do: 'pass over' };
  if (tokens[0]!.kind !== 'word') throw refused(text.shape.trim().slice(0, 20));
  if (!rows) refuseOtherSchemas(tokens, own);
  switch (first) {
    case 'INSERT':
    case 'REPLACE':
      for (const word of forbiddenInRows) if (statement.words.has(word)) throw refused(`INSERT … ${word}`);
      return { do: 'run', kind: 'rows', object: { kind: 'table', name: tableOf(tokens, text, own) } };
    case 'CREATE':
      // Rows come in INSERTs; a table that selects them computes at length, or reads what is not the dump's.
      if (statement.words.has('SELECT') && isTable(tokens)) throw refused('CREATE TABLE … SELECT');
      return create(tokens, text, own);
    case 'DROP':
      return drop(tokens);
    case 'ALTER':
      if (second === 'TABLE') {
        refuseForeignEngines(tokens, text);
        ownName(tokens, 1, text, own);
        return { do: 'run', kind: 'definition' };
      }
      if (second === 'DATABASE' || second === 'SCHEMA') return setting('ALTER DATABASE', tokens, text);
      throw refused(`ALTER ${second}`);
    case 'SET':
      return set(tokens, text);
    case 'USE':
      return use(tokens[1], text, own);
    case 'DO':
      // How mariadb-dump sets a sequence; anything else that is only computed is refused.
      if (!/^\s*DO\s+SETVAL\(`(?:[^`]|``)*`,\s*-?\d+,\s*[01](,\s*\d+)?\)\s*$/i.test(text.shape))
        throw refused('DO');
      return { do: 'run', kind: 'definition' };
    case 'LOCK':
    case 'UNLOCK':
    case 'ANALYZE':
    case 'FLUSH':
      return { do: 'pass over' };
    case 'START':
    case 'BEGIN':
    case 'COMMIT':
      return { do: 'run', kind: 'session' };
    default:
      throw refused(first ?? '');
  }
}

function isRows({ bytes }: DumpStatement): boolean {
  return /^(\s|\/\*(?!!)(?!M!)[^*]*\*\/|--[^\n]*\n|#[^\n]*\n)*(INSERT|REPLACE)\b/i.test(
    bytes.toString('latin1', 0, 2048),
  );
}

function refuseOtherSchemas(tokens: readonly Token[], own: { database?: string }): void {
  for (const [index, token] of tokens.entries()) {
    const qualified = tokens[index + 1]?.value === '.' && tokens[index - 1]?.value !== '.';
    if (
      qualified &&
      systemSchemas.test(token.value) &&
      token.value.toLowerCase() !== own.database?.toLowerCase()
    ) {
      throw refused(`${token.value}.…`);
    }
  }
}

/** `INSERT INTO t`, `INSERT IGNORE INTO own.t`; a table of another database is refused. */
function tableOf(tokens: readonly Token[], text: DumpText, own: { database?: string }): string {
  const into = tokens.findIndex((token) => isWord(token, 'INTO'));
  const name = tokens[into < 0 ? 1 : into + 1];
  if (!name || (name.kind !== 'word' && name.kind !== 'name')) throw refused('INSERT');
  return qualifiedName(tokens, tokens.indexOf(name), text, own);
}

/** Behind the kind of what is made or altered. */
function ownName(
  tokens: readonly Token[],
  at: number,
  text: DumpText,
  own: { database?: string },
): string | undefined {
  let index = at + 1;
  if (tokens[index]?.value === 'BODY') index++;
  if (tokens[index]?.value === 'IF') index += tokens[index + 1]?.value === 'NOT' ? 3 : 2;
  const { kind } = tokens[index] ?? {};
  return kind === 'name' || kind === 'word' ? qualifiedName(tokens, index, text, own) : undefined;
}

/** `name`, or `own.name`; what is of another database is refused. */
function qualifiedName(
  tokens: readonly Token[],
  index: number,
  text: DumpText,
  own: { database?: string },
): string {
  const name = text.name(tokens[index]!);
  const of = tokens[index + 2];
  if (tokens[index + 1]?.value !== '.' || !of) return name;
  own.database ??= name;
  if (name !== own.database) throw refused(`${name}.…`);
  return text.name(of);
}

const creatable = new Set([
  'TABLE',
  'VIEW',
  'TRIGGER',
  'PROCEDURE',
  'FUNCTION',
  'EVENT',
  'SEQUENCE',
  'INDEX',
  'PACKAGE',
]);

const kindAt = (tokens: readonly Token[]) =>
  tokens.findIndex(({ kind, value }) => kind === 'word' && creatable.has(value));
const isTable = (tokens: readonly Token[]) => tokens[kindAt(tokens)]?.value === 'TABLE';

function create(tokens: readonly Token[], text: DumpText, own: { database?: string }): Verdict {
  const at = kindAt(tokens);
  const before = tokens.slice(0, Math.max(at, 0)).map(({ value }) => value);
  if (tokens[1]?.value === 'DATABASE' || tokens[1]?.value === 'SCHEMA') return { do: 'pass over' };
  // Only words that may stand between CREATE and the kind; `AGGREGATE` loads a library.
  if (at < 0 || before.some((word) => /^(USER|ROLE|SERVER|AGGREGATE|TABLESPACE|LOGFILE)$/.test(word))) {
    throw refused(`CREATE ${tokens[1]?.value}`);
  }
  const kind = tokens[at]!.value.toLowerCase();
  if (kind === 'table') refuseForeignEngines(tokens, text);
  const named = ownName(tokens, at, text, own);
  return {
    do: 'run',
    kind: 'definition',
    ...(named && kind !== 'index' && { object: { kind, name: named } }),
  };
}

/** Engines that read files or other servers. */
function refuseForeignEngines(tokens: readonly Token[], text: DumpText): void {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || !/^(ENGINE|TYPE)$/.test(token.value)) continue;
    const value = tokens[index + 1]?.value === '=' ? tokens[index + 2] : tokens[index + 1];
    const engine = value ? text.shape.slice(value.from, value.to).replaceAll(/[`'"]/g, '') : '';
    if (holdsNoRows({ engine } as Table)) throw refused(`ENGINE=${engine}`);
  }
}

function drop(tokens: readonly Token[]): Verdict {
  const kind = tokens[1]?.value ?? '';
  if (kind === 'DATABASE' || kind === 'SCHEMA') return { do: 'pass over' };
  if (kind !== 'TEMPORARY' && !creatable.has(kind)) throw refused(`DROP ${kind}`);
  return { do: 'run', kind: 'definition' };
}

function setting(words: string, tokens: readonly Token[], text: DumpText): Verdict {
  return { do: 'leave out', leftOut: { words, todo: 'settings', shown: shownHead(tokens, text) } };
}

/** Every name to the left of a `=` on the outermost level. */
function set(tokens: readonly Token[], text: DumpText): Verdict {
  let depth = 0;
  let starts = true;
  for (const [index, token] of tokens.entries()) {
    if (index === 0) continue;
    if (token.value === '(') depth++;
    else if (token.value === ')') depth--;
    else if (token.value === ',' && depth === 0) starts = true;
    else if (starts) {
      starts = false;
      const scope = token.kind === 'word' && /^(SESSION|LOCAL)$/.test(token.value);
      const name = variableName(tokens, scope ? index + 1 : index, text);
      if (/^(global|persist|persist_only)$|^@@(global|persist)/i.test(name))
        return setting('SET GLOBAL', tokens, text);
      if (!settable.test(name.replace(/^@@((session|local)\.)?/i, ''))) return setting('SET', tokens, text);
    }
  }
  return { do: 'run', kind: 'session' };
}

function variableName(tokens: readonly Token[], from: number, text: DumpText): string {
  let to = from;
  while (tokens[to] && tokens[to]!.value !== '=' && tokens[to]!.value !== ':' && tokens[to]!.value !== ',') {
    // `SET NAMES utf8`: the next word is no part of the name.
    if (to > from && tokens[to]!.from > tokens[to - 1]!.to) break;
    to++;
  }
  const last = tokens[to - 1];
  return last ? text.shape.slice(tokens[from]!.from, last.to) : '';
}

/** The first USE names the dump's own database; a second one is another customer's, or an attack. */
function use(token: Token | undefined, text: DumpText, own: { database?: string }): Verdict {
  const name = token ? text.name(token) : '';
  own.database ??= name;
  if (name !== own.database || systemSchemas.test(name)) throw refused(`USE ${name}`);
  return { do: 'pass over' };
}

function refused(what: string): TerminalError {
  const shown = what.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60);
  return new TerminalError(
    `ダンプに実行できない文があります(${shown})。取り込みを止めました。この文を除いて書き出し直してください。`,
  );
}
