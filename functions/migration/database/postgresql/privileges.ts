import { type DatabaseLine, remembered } from '../line.ts';
import type { Definition } from './definitions.ts';
import type { Session } from './ends.ts';
import { explain, isRefusal } from './explain.ts';
import { namePattern } from './identifiers.ts';
import { definitionLine } from './make-definitions.ts';

/** GRANTs and REVOKEs of one object, or of what will be made later. */
export function isPrivileges({ type }: Pick<Definition, 'type'>): boolean {
  return type === 'ACL' || type === 'DEFAULT ACL';
}

/** Roles of the source in the target's words. */
export interface RoleMap {
  /** Who owns what is moved at the source: the target's user, who owns all of it there. */
  owners: ReadonlySet<string>;
  /** Of the same name at the target, and related to the target's user: a stranger's role may bear any name. */
  related: ReadonlySet<string>;
}

export async function mapRoles(target: Session, owners: Iterable<string>): Promise<RoleMap> {
  const { rows } = await target.query(
    `SELECT rolname AS name FROM pg_catalog.pg_roles
     WHERE rolname <> current_user AND (pg_catalog.pg_has_role(current_user, oid, 'MEMBER') OR pg_catalog.pg_has_role(oid, current_user, 'MEMBER'))`,
  );
  return { owners: new Set(owners), related: new Set(rows.map(({ name }) => String(name))) };
}

/** The owner of most: the site's own role, whoever logs in for the move. */
export function mainOwner(definitions: readonly Definition[]): string {
  const counts = new Map<string, number>();
  for (const { owner } of definitions) if (owner !== '') counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** Whose an object was is told where it was not the main owner's: what runs with its owner's rights now runs with the target user's. */
export function tellOwner(line: DatabaseLine, { owner }: Definition, main: string): DatabaseLine {
  if (line.outcome !== 'moved' || owner === '' || owner === main) return line;
  return { ...line, outcome: 'altered', how: `所有者 ${owner} → 移行先のユーザー` };
}

const granted = new RegExp(
  String.raw`^(GRANT|REVOKE)\s[\s\S]*\s(?:TO|FROM)\s+(PUBLIC|${namePattern})(?:\s+WITH GRANT OPTION)?\s*;?$`,
);
const defaults = new RegExp(`^ALTER DEFAULT PRIVILEGES FOR ROLE ${namePattern}(?= )`);
/** The rights on what will be made: by the target's user, and by nobody else. */
export const asAtTarget = (statement: string) => statement.replace(defaults, 'ALTER DEFAULT PRIVILEGES');

/** pg_dump speaks as another grantor: at the target there is one. */
const speaker = /^(SET|RESET) SESSION AUTHORIZATION\b/;

/** Carries over what other roles may do, as far as they are known at the target; the rest is told, word by word. */
export async function makePrivileges(
  target: Session,
  definition: Definition,
  roles: RoleMap,
): Promise<DatabaseLine> {
  const line = definitionLine(definition);
  const left: string[] = [];
  const given: string[] = [];
  let carried = false;
  for (const original of definition.statements.filter((statement) => !speaker.test(statement))) {
    const statement = asAtTarget(original);
    const role = roleOf(statement.replace(/^ALTER DEFAULT PRIVILEGES( IN SCHEMA .*?)? (?=GRANT|REVOKE)/, ''));
    // The owner's own: the target's user has every right on what it owns.
    if (role !== undefined && roles.owners.has(role)) carried = true;
    else if (role !== undefined && (role === 'PUBLIC' || roles.related.has(role))) {
      const why = await grant(target, statement);
      if (why === undefined) {
        carried = true;
        given.push(statement);
      } else left.push(`${statement}(${why})`);
    } else left.push(`${statement}(移行先のユーザーと関係のあるロール ${role ?? '不明'} がない)`);
  }
  if (left.length === 0) return { ...line, ...remembered(given), outcome: 'moved' };
  const told = `移していない権限があります。必要なら移行先の管理者が付け直してください: ${left.join(' ')}`;
  const short = told.length > 1000 ? `${told.slice(0, 1000)}…` : told;
  return carried
    ? { ...line, ...remembered(given), outcome: 'altered', how: short }
    : { ...line, outcome: 'skipped', why: short };
}

/** As in the catalogue; PUBLIC without quotes is everybody. */
function roleOf(statement: string): string | undefined {
  const [, , name] = granted.exec(statement) ?? [];
  return name?.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** Why not; the server only warns where the target's user may not pass a right on. */
async function grant(target: Session, statement: string): Promise<string | undefined> {
  const codes: (string | undefined)[] = [];
  const listen = ({ code }: { code?: string | undefined }) => codes.push(code);
  target.on('notice', listen);
  try {
    await target.query(statement);
    return codes.includes('01007') ? '移行先のユーザーには付ける権利がない' : undefined;
  } catch (error) {
    if (!isRefusal(error)) throw explain(error, '移行先', '権限の設定');
    return `エラー${(error as { code: string }).code}`;
  } finally {
    target.off('notice', listen);
  }
}
