import { isWord, type Token } from '../mysql/tokens.ts';
import type { DumpText } from './dump-text.ts';
import type { LeftOut } from './left-out.ts';

/** Where servers keep accounts and rights (MySQL manual, "Grant Tables"; MariaDB, "mysql.global_priv"). */
const tablesOfRights =
  /^(user|db|host|tables_priv|columns_priv|procs_priv|proxies_priv|global_priv|global_grants|roles_mapping|role_edges|default_roles|password_history)$/i;

/**
 * Accounts and rights, as statements and as rows of the server's own tables: none of it runs, whatever else stands in it.
 * Undefined for all other statements.
 */
export function rightsLeftOut(tokens: readonly Token[], text: DumpText): LeftOut | undefined {
  const values = tokens.slice(0, 8).map((token) => (token.kind === 'name' ? '' : token.value));
  const [first = '', second = ''] = values;
  const told = (words: string): LeftOut => ({ words, todo: 'rights', shown: shownHead(tokens, text) });
  if (first === 'GRANT' || first === 'REVOKE') return told(first);
  const what = second === 'OR' && values[2] === 'REPLACE' ? values[3]! : second;
  if (/^(CREATE|ALTER|DROP|RENAME)$/.test(first) && /^(USER|ROLE)$/.test(what))
    return told(`${first} ${what}`);
  if (first === 'SET' && (second === 'PASSWORD' || second === 'ROLE')) return told(`SET ${second}`);
  if (first === 'SET' && second === 'DEFAULT' && values[2] === 'ROLE') return told('SET DEFAULT ROLE');
  if (first === 'INSERT' || first === 'REPLACE') {
    const at = tokens.findIndex((token) => isWord(token, 'INTO')) + 1;
    const [schema, dot, table] = tokens.slice(at || 1);
    if (!schema || dot?.value !== '.' || !table || !/^mysql$/i.test(schema.value)) return undefined;
    const name = text.name(table).toLowerCase();
    if (tablesOfRights.test(name)) return { ...told(`${first} INTO mysql.${name}`), shown: `mysql.${name}` };
  }
  return undefined;
}

/** Behind these a password may stand, or its hash. */
const secret = /^(IDENTIFIED|PASSWORD|USING|AS|BY|VALUES?|=|:)$/;

/** A statement up to where a password could begin; of literals only the halves of `'user'@'host'`. */
export function shownHead(tokens: readonly Token[], text: DumpText): string {
  let shown = '';
  for (const [index, token] of tokens.entries()) {
    const { kind, value, from, to } = token;
    if (index > 1 && kind !== 'name' && secret.test(value)) return `${shown} …`;
    if (index > 0 && from > tokens[index - 1]!.to) shown += ' ';
    const account = tokens[index - 1]?.value === '@' || tokens[index + 1]?.value === '@';
    shown += kind === 'text' && !account ? "'…'" : text.slice(from, to);
  }
  return shown;
}
