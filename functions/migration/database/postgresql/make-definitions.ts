import type { DatabaseLine } from '../line.ts';
import { linePath } from '../line.ts';
import type { Definition } from './definitions.ts';
import type { Session } from './ends.ts';
import { explain, refusalOf } from './explain.ts';
import { judge } from './policy.ts';

/** Duplicate schema, table, column, function, object; a second primary key. */
const alreadyThere = new Set(['42P06', '42P07', '42701', '42723', '42710', '42P16']);

export function definitionLine({ type, schema, name, sha256 }: Definition): DatabaseLine {
  const kind = type.toLowerCase();
  return { ...linePath(kind, `${schema}.${name}`), kind, name, schema, size: 0, sha256 };
}

/**
 * Runs a definition's statements. What an earlier attempt of ours made is there already, and that is no error: the
 * database was found without it when the move began.
 */
export async function makeDefinition(
  target: Session,
  definition: Definition,
  there: ReadonlySet<string> = alreadyThere,
): Promise<DatabaseLine> {
  const line = definitionLine(definition);
  for (const statement of definition.statements) {
    if (judge(statement) === 'pass over') continue;
    try {
      await target.query(statement);
    } catch (error) {
      const code = refusalOf(error);
      if (code === undefined) throw explain(error, '移行先', '定義の作成');
      if (there.has(code) || /^COMMENT ON/i.test(statement)) continue;
      return { ...line, outcome: 'skipped', why: whyNot(definition, code) };
    }
  }
  if (definition.statements.every((statement) => judge(statement) === 'pass over')) {
    return { ...line, outcome: 'skipped', why: '移行先のデータベースの中に作るものではありません' };
  }
  return { ...line, outcome: 'moved' };
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
  if (type === 'EXTENSION') return `拡張 ${name} は移行先で使えません(エラー${code})`;
  if (code === '42704' || code === '42883')
    return `移行先にない型、関数または拡張に依存しています(エラー${code})`;
  return `移行先がこの定義を受け付けません(エラー${code})`;
}
