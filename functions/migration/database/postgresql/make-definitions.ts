import type { DatabaseLine } from '../line.ts';
import { linePath } from '../line.ts';
import type { Definition } from './definitions.ts';
import type { Session } from './ends.ts';
import { explain, isRefusal, refusalOf } from './explain.ts';
import { judge, StatementRefused } from './policy.ts';

/** Duplicate schema, table, column, function, object; a second primary key. */
const alreadyThere = new Set(['42P06', '42P07', '42701', '42723', '42710', '42P16']);

export function definitionLine({ type, schema, name, sha256 }: Definition): DatabaseLine {
  const kind = type.toLowerCase();
  return { ...linePath(kind, `${schema}.${name}`), kind, name, schema, size: 0, sha256 };
}

/**
 * Runs a definition's statements. What an earlier attempt of ours made is there already, and that is no error: the
 * database was found without it when the move began. What is refused, by the server or by us, is left out with the reason,
 * and nothing else with it. Throws TransientError or TerminalError for what stops all of the work.
 */
export async function makeDefinition(
  target: Session,
  definition: Definition,
  there: ReadonlySet<string> = alreadyThere,
): Promise<DatabaseLine> {
  const line = definitionLine(definition);
  const refused = refusedPart(definition);
  if (refused !== undefined) {
    const why = `${refused} は、サーバーのファイルやほかのサーバーに届くため、移行先で実行しません。必要なら移行先の管理者が作成してください`;
    return { ...line, outcome: 'skipped', why };
  }
  for (const statement of definition.statements) {
    if (judge(statement) === 'pass over') continue;
    try {
      await target.query(statement);
    } catch (error) {
      const code = refusalOf(error) ?? '';
      if (!isRefusal(error)) throw explain(error, '移行先', '定義の作成');
      if (there.has(code) || /^COMMENT ON/i.test(statement)) continue;
      return { ...line, outcome: 'skipped', why: whyNot(definition, code) };
    }
  }
  if (definition.statements.every((statement) => judge(statement) === 'pass over')) {
    return { ...line, outcome: 'skipped', why: '移行先のデータベースの中に作るものではありません' };
  }
  return { ...line, outcome: 'moved' };
}

/** The first words of what we do not run. */
function refusedPart({ statements }: Definition): string | undefined {
  try {
    for (const statement of statements) judge(statement);
    return undefined;
  } catch (error) {
    if (error instanceof StatementRefused) return error.what;
    throw error;
  }
}

const replaceable = /^CREATE (?=(VIEW|FUNCTION|PROCEDURE|AGGREGATE) )/;

/** Puts a definition in place of what an earlier run made; undefined where PostgreSQL cannot without taking what stands on it. */
export async function replaceDefinition(
  target: Session,
  definition: Definition,
): Promise<DatabaseLine | undefined> {
  const { type, statements } = definition;
  const repeatable = /^(COMMENT|DEFAULT|SEQUENCE OWNED BY)$/.test(type);
  if (!repeatable && !statements.some((statement) => replaceable.test(statement))) return undefined;
  const again = statements.map((statement) => statement.replace(replaceable, 'CREATE OR REPLACE '));
  const line = await makeDefinition(target, { ...definition, statements: again }, new Set());
  return line.outcome === 'moved' ? line : undefined;
}

function whyNot({ type, name }: Definition, code: string): string {
  if (type === 'EXTENSION') {
    return `移行先のユーザーは拡張 ${name} を作れません(エラー${code})。移行先の管理者が CREATE EXTENSION を実行してから再実行してください`;
  }
  if (code === '42704' || code === '42883')
    return `移行先にない型、関数または拡張に依存しています(エラー${code})`;
  return `移行先がこの定義を受け付けません(エラー${code})`;
}
