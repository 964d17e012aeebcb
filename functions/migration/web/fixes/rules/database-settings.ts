import { hidden } from '../mask.ts';
import type { Edit, Found, Rule, ScanContext } from '../rule.ts';
import type { SourceFile } from '../source-file.ts';

type Setting = 'host' | 'port' | 'name' | 'user' | 'password';

const wordpress: Record<string, Setting> = {
  DB_HOST: 'host',
  DB_NAME: 'name',
  DB_USER: 'user',
  DB_PASSWORD: 'password',
};
const environment: Record<string, Setting> = {
  DB_HOST: 'host',
  DB_PORT: 'port',
  DB_DATABASE: 'name',
  DB_NAME: 'name',
  DB_USERNAME: 'user',
  DB_USER: 'user',
  DB_PASSWORD: 'password',
  MYSQL_HOST: 'host',
  MYSQL_PORT: 'port',
  MYSQL_DATABASE: 'name',
  MYSQL_USER: 'user',
  MYSQL_PASSWORD: 'password',
};

/** `define('DB_HOST', 'old')` of wp-config.php and `DB_HOST=old` of `.env`; values are never part of a finding. */
export const databaseSettings: Rule = function* (file, context) {
  if (file.php && /^wp-config.*\.php$/.test(file.name)) yield* wordpressSettings(file, context);
  else if (file.type === 'env') yield* environmentSettings(file, context);
  else if (file.php) yield* connections(file);
};

function* wordpressSettings({ text, php }: SourceFile, context: ScanContext): Generator<Found> {
  for (const match of text.matchAll(/\bdefine\s{0,5}\(\s{0,5}(['"])(DB_\w{4,8})\1\s{0,5},\s{0,20}/g)) {
    const setting = wordpress[match[2]!];
    // In a comment it is an example.
    if (!setting || php?.code[match.index] !== 'd') continue;
    const at = match.index;
    const start = at + match[0].length;
    const value = /^(?:'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\$\n]|\\[^\n])*")(?=\s*\))/.exec(
      text.slice(start, start + 500),
    )?.[0];
    const finding: Found = { rule: 'database-settings', at, about: match[2]! };
    const edit = value && replaced(setting, start, start + value.length, 'php', context);
    yield edit ? { ...finding, edits: [edit] } : finding;
  }
}

function* environmentSettings({ text }: SourceFile, context: ScanContext): Generator<Found> {
  const here = withoutPort(context, /^[ \t]*(?:export[ \t]+)?(?:DB|MYSQL)_PORT[ \t]*=/m.test(text));
  for (const match of text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Z_]{4,30})[ \t]*=[ \t]*/gm)) {
    const name = match[1]!;
    if (/^(?:DATABASE|MYSQL|POSTGRES)_URL$/.test(name)) {
      yield { rule: 'database-settings', at: match.index, about: name };
      continue;
    }
    const setting = environment[name];
    if (!setting) continue;
    const start = match.index + match[0].length;
    const value = /^(?:'[^'\r\n]*'|"(?:[^"\\\r\n]|\\[^\r\n])*"|[^\s#'"]*)(?=[ \t]+#|[ \t]*(?:\r?\n|$))/.exec(
      text.slice(start, start + 500),
    )?.[0];
    const finding: Found = { rule: 'database-settings', at: match.index, about: name };
    // Nobody asked for another port than the usual ones: they stay.
    if (setting === 'port' && !portOf(context) && /^["']?(?:3306|5432)?["']?$/.test(value ?? '')) continue;
    const edit =
      value === undefined ? undefined : replaced(setting, start, start + value.length, 'env', here);
    yield edit ? { ...finding, edits: [edit] } : finding;
  }
}

const portOf = ({ request }: ScanContext) => /:(\d+)$/.exec(request.databaseHost ?? '')?.[1];

/** In `.env` a port has a line of its own; a socket, and a port without that line, are for a person. */
function withoutPort(context: ScanContext, hasLine: boolean): ScanContext & { port?: string } {
  const port = portOf(context);
  const { databaseHost: host = '' } = context.request;
  if (port === undefined && !host.includes(':')) return context;
  const databaseHost = port !== undefined && hasLine ? host.slice(0, -port.length - 1) : undefined;
  return { ...context, request: { ...context.request, databaseHost }, ...(port !== undefined && { port }) };
}

/** Undefined while nobody has said what it is at the target. */
function replaced(
  setting: Setting,
  start: number,
  end: number,
  form: 'php' | 'env',
  { request, port }: ScanContext & { port?: string },
): Edit | undefined {
  const { databaseHost: host, databaseName: name, databaseUser: user } = request;
  if (!host || !name || !user) return undefined;
  // Host, name and user have no character that either form would have to escape (request.ts).
  if (setting === 'password') {
    return { start, end, text: form === 'php' ? `'${hidden}'` : hidden, secret: form };
  }
  const text = { host, port, name, user }[setting];
  if (text === undefined) return undefined;
  return { start, end, text: form === 'php' ? `'${text}'` : text };
}

/** Host, user and password as literals in a call. */
function* connections({ text, php }: SourceFile): Generator<Found> {
  if (!php) return;
  for (const call of php.calls) {
    if (/^(?:mysqli?_p?connect|mysqli_real_connect|pg_p?connect)$/i.test(call.name) && !call.method) {
      const literal = /^\s*(?:\$\w+\s*,\s*)?['"]/.test(text.slice(call.argumentsAt, call.argumentsAt + 100));
      if (literal) yield { rule: 'database-connection', at: call.at, about: `${call.name}()` };
    }
  }
  for (const match of php.code.matchAll(/\bnew\s+\\?(PDO|mysqli)\s*\(\s*['"]/g)) {
    yield { rule: 'database-connection', at: match.index, about: `new ${match[1]}` };
  }
}
