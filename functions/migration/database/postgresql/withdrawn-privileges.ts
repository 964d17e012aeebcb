import { type DatabaseLine, linePath, remembered, withdrawnWhy } from '../line.ts';
import { type Definition, readDefinitions } from './definitions.ts';
import type { PostgresqlEnd } from './ends.ts';
import { namePattern } from './identifiers.ts';
import { dumpSchema } from './pg-dump.ts';
import { asAtTarget, isPrivileges } from './privileges.ts';

/** A GRANT as pg_dump writes it, perhaps within ALTER DEFAULT PRIVILEGES. */
export interface Granted {
  /** `ALTER DEFAULT PRIVILEGES IN SCHEMA public `, or nothing. */
  before: string;
  privileges: string[];
  /** `TABLE public.posts` */
  on: string;
  role: string;
  passable: boolean;
}

const onePrivilege = '[A-Z ]+(?:\\((?:"(?:[^"]|"")+"|[^()"])+\\))?';
const grantOf = new RegExp(
  `^(ALTER DEFAULT PRIVILEGES .*?|)GRANT (${onePrivilege}(?:,${onePrivilege})*) ON (.+?) +TO (${namePattern})( WITH GRANT OPTION)?;?$`,
  's',
);

function readGrant(statement: string): Granted | undefined {
  const [, before = '', privileges = '', on = '', role = '', passable] =
    grantOf.exec(asAtTarget(statement)) ?? [];
  if (role === '') return undefined;
  const list = privileges.match(new RegExp(onePrivilege, 'g'))!.map((one) => one.trim());
  return { before, privileges: list, on, role, passable: passable !== undefined };
}

/** One privilege of it, at least as wide as it is here. */
function has(grants: readonly Granted[], { passable }: Granted, privilege: string): boolean {
  const [verb = '', columns = ''] = privilege.split(/(?=\()/);
  const wide = ['ALL', privilege, verb.trim(), `ALL${columns}`];
  return grants.some(
    (one) => (one.passable || !passable) && one.privileges.some((other) => wide.includes(other)),
  );
}

const keyOf = ({ before, on, role }: Granted) => `${before}${on} ${role}`;

/**
 * What an earlier run has given, the source has taken back since, and the target still has: told with the statements, and
 * never taken back by itself. The target is read by pg_dump too, which writes one right in one way.
 */
export async function withdrawnPrivileges(
  target: PostgresqlEnd,
  previous: ReadonlyMap<string, DatabaseLine>,
  now: readonly Definition[],
): Promise<DatabaseLine[]> {
  const given = [...previous.values()].flatMap((line) => line.given ?? []);
  const atSource = now.filter(isPrivileges).flatMap(grantsOf);
  const like = (grants: readonly Granted[], grant: Granted) =>
    grants.filter((one) => keyOf(one) === keyOf(grant));
  const lost = (grant: Granted) =>
    grant.privileges.filter((privilege) => !has(like(atSource, grant), grant, privilege));
  const missing = read(given).filter((grant) => lost(grant).length > 0);
  if (missing.length === 0) return [];
  const there = await grantsAt(target);
  const still = new Map<string, Granted>();
  for (const grant of missing) {
    // What stands there without our having given it is nobody's business here.
    const ours = (privilege: string) => has([grant], { ...grant, passable: false }, privilege);
    if (
      like(there, grant).some((one) => lost(one).some((privilege) => privilege === 'ALL' || ours(privilege)))
    )
      still.set(keyOf(grant), grant);
  }
  return [...still.values()].map((grant) => withdrawn(grant, atSource, given));
}

/** All that the target's objects give, in pg_dump's words. */
export async function grantsAt(target: PostgresqlEnd): Promise<Granted[]> {
  const sections = ['pre-data', 'post-data'] as const;
  const texts = await Promise.all(sections.map((section) => dumpSchema(target, section)));
  return texts.flatMap(readDefinitions).filter(isPrivileges).flatMap(grantsOf);
}

/** What everybody may by nature: pg_dump says nothing of it, at no end. */
const byNature = /^(SCHEMA|FUNCTION|PROCEDURE|TYPE|DOMAIN|LANGUAGE|DATABASE) /;

/** Of statements that were run at the target those of which something is not there any more. */
export function lostGrants(given: readonly string[], there: readonly Granted[]): string[] {
  return given.filter((statement) =>
    read([statement]).some((grant) => {
      if (grant.role === 'PUBLIC' && byNature.test(grant.on)) return false;
      const standing = there.filter((one) => keyOf(one) === keyOf(grant));
      return !grant.privileges.every((privilege) => has(standing, grant, privilege));
    }),
  );
}

const grantsOf = ({ statements }: Definition) => read(statements);
const read = (statements: readonly string[]) => statements.flatMap((statement) => readGrant(statement) ?? []);

function withdrawn(grant: Granted, atSource: readonly Granted[], given: readonly string[]): DatabaseLine {
  const { before, on, role } = grant;
  const kept = atSource.filter((one) => keyOf(one) === keyOf(grant));
  const statements = [
    `${before}REVOKE ALL ON ${on} FROM ${role};`,
    ...kept.map(
      ({ privileges, passable }) =>
        `${before}GRANT ${privileges.join(', ')} ON ${on} TO ${role}${passable ? ' WITH GRANT OPTION' : ''};`,
    ),
  ];
  const what = `${before}${on} ${role}`;
  return {
    ...linePath('withdrawn privileges', what),
    kind: 'withdrawn privileges',
    name: what,
    size: 0,
    outcome: 'skipped',
    why: `${withdrawnWhy}: ${statements.join(' ')}`.slice(0, 2000),
    ...remembered(given.filter((statement) => read([statement]).some((one) => keyOf(one) === keyOf(grant)))),
  };
}
