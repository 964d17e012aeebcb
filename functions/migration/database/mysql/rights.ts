import type { Connection } from 'mysql2';
import { quoteName } from './identifiers.ts';
import { rowsOf } from './query.ts';

/** What the move needs, by what it is needed for. Source: MySQL manual, "Privileges Provided by MySQL". */
export interface Rights {
  select: boolean;
  showView: boolean;
  trigger: boolean;
  event: boolean;
  /** Bodies of routines that somebody else made. */
  routines: boolean;
  lockTables: boolean;
  reload: boolean;
  /** As the server words them, with the password hash taken out. */
  grants: string[];
}

export async function readRights(connection: Connection, database: string): Promise<Rights> {
  const rows = await rowsOf(connection, 'SHOW GRANTS FOR CURRENT_USER()');
  return rightsFrom(
    rows.map((row) => String(Object.values(row)[0])),
    database,
  );
}

/** Rights that come through roles are not followed: what is found is what surely is there. */
export function rightsFrom(grants: readonly string[], database: string): Rights {
  const everywhere = new Set<string>();
  const here = new Set<string>();
  let proc = false;
  for (const grant of grants) {
    const [, list, place] = /^GRANT (.+?) ON (.+?) TO /i.exec(grant) ?? [];
    if (list === undefined || place === undefined) continue;
    const names = list.replaceAll(/\([^)]*\)/g, '').split(',');
    const rights = names.map((name) => name.trim().toUpperCase());
    if (place === '*.*') for (const right of rights) everywhere.add(right);
    if (isOn(place, database)) for (const right of rights) here.add(right);
    if (/^`?mysql`?\.(\*|`?proc`?)$/i.test(place) && rights.some((right) => /^(SELECT|ALL)/.test(right)))
      proc = true;
  }
  const all = (set: Set<string>) => set.has('ALL') || set.has('ALL PRIVILEGES');
  const has = (right: string) => everywhere.has(right) || here.has(right) || all(everywhere) || all(here);
  return {
    select: has('SELECT'),
    showView: has('SHOW VIEW'),
    trigger: has('TRIGGER'),
    event: has('EVENT'),
    routines: all(everywhere) || everywhere.has('SELECT') || everywhere.has('SHOW_ROUTINE') || proc,
    lockTables: has('LOCK TABLES'),
    reload: everywhere.has('RELOAD') || all(everywhere),
    grants: grants.map((grant) => grant.replace(/ IDENTIFIED (BY|VIA|WITH).*$/i, '')),
  };
}

/** The first grant that reaches beyond one database; undefined when there is none. Roles could hold anything. */
export function grantBeyond(grants: readonly string[], database: string): string | undefined {
  return grants.find((grant) => {
    const [, list = '', place = ''] = /^GRANT (.+?) ON (.+?) TO /i.exec(grant) ?? [];
    if (place === '') return !/^SET DEFAULT ROLE NONE/i.test(grant);
    return !(place === '*.*' && list.toUpperCase() === 'USAGE') && !isOnAlone(place, database);
  });
}

/** Whoever wrote `my_shop` meant that name, and not each that differs from it in one letter; a real pattern reaches others. */
function isOnAlone(place: string, database: string): boolean {
  const [, pattern = ''] = /^`?(.*?)`?\.\*$/.exec(place) ?? [];
  return (
    quoteName(database) === `\`${pattern}\`` ||
    quoteName(database) === `\`${pattern.replaceAll(/\\([_%\\])/g, '$1')}\``
  );
}

/** A grant's database may be a pattern: `shop\_%`. */
export function isOn(place: string, database: string): boolean {
  const [, pattern] = /^`?(.*?)`?\.\*$/.exec(place) ?? [];
  if (pattern === undefined || pattern === '*') return false;
  if (quoteName(database) === `\`${pattern}\``) return true;
  const parts = [...pattern.matchAll(/\\(.)|(.)/gu)].map(([, escaped, plain]) => {
    if (escaped === undefined && plain === '%') return '.*';
    if (escaped === undefined && plain === '_') return '.';
    return (escaped ?? plain ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'u').test(database);
}
