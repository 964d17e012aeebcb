import type { Connection } from 'mysql2';
import { type DatabaseLine, linePath } from '../line.ts';
import { mapCollation } from './collations.ts';
import { definitionHash } from './ends.ts';
import { explain, isRefusal } from './explain.ts';
import { quoteName, quotePlain } from './identifiers.ts';
import { attempt, execute, refusalOf, rowOf } from './query.ts';
import { offsetOf } from './read-objects.ts';
import { type RewriteContext, rewriteObject } from './rewrite.ts';
import type { StoredKind, StoredObject } from './schema.ts';
import { beginTarget } from './session.ts';
import { dropObject } from './target-objects.ts';
import { isWord, replaceParts, tokensOf } from './tokens.ts';

/** Functions first: views call them. Triggers after the rows, or they would fire. Events last. */
const order: readonly StoredKind[] = [
  'sequence',
  'function',
  'procedure',
  'package',
  'package body',
  'view',
  'trigger',
  'event',
];

export function objectLine({ kind, name, create }: StoredObject): DatabaseLine {
  return { ...linePath(`${kind}s`, name), kind, name, size: 0, sha256: definitionHash(create) };
}

/**
 * Makes stored objects. What fails is tried again after the others of its kind, for as long as that helps: a view may
 * stand on views that come later in the list.
 */
export async function makeObjects(
  target: Connection,
  objects: readonly StoredObject[],
  context: RewriteContext,
): Promise<DatabaseLine[]> {
  const lines: DatabaseLine[] = [];
  for (const kind of order) {
    let open = objects.filter((object) => object.kind === kind);
    while (open.length > 0) {
      const failed: { object: StoredObject; errno: number }[] = [];
      for (const object of open) {
        try {
          const how = await makeObject(target, object, context);
          const outcome =
            how.length > 0
              ? { outcome: 'altered' as const, how: how.join('、') }
              : { outcome: 'moved' as const };
          lines.push({ ...objectLine(object), ...outcome });
        } catch (error) {
          const errno = refusalOf(error);
          if (errno === undefined || !isRefusal(error)) throw explain(error, '移行先', `${kind} の作成`);
          failed.push({ object, errno });
        }
      }
      if (failed.length === open.length) {
        for (const { object, errno } of failed) {
          const why = `移行先がこの定義を受け付けません(エラー${errno})`;
          lines.push({ ...objectLine(object), outcome: 'skipped', why });
        }
        break;
      }
      open = failed.map(({ object }) => object);
    }
  }
  await beginTarget(target);
  return lines;
}

async function makeObject(
  target: Connection,
  object: StoredObject,
  context: RewriteContext,
): Promise<string[]> {
  const { sql, how } = rewriteObject(object.create, context);
  await dropObject(target, object);
  how.push(...(await enterItsMode(target, object, context)));
  await execute(target, object.kind === 'event' ? disabled(sql, how) : sql);
  if (object.next !== undefined) {
    await execute(target, `SELECT SETVAL(${quoteName(object.name)}, ${BigInt(object.next)}, 0)`);
  }
  return how;
}

/** sql_mode, character set and collation under which the object was made: they are part of what it means. */
async function enterItsMode(
  target: Connection,
  object: StoredObject,
  { target: collations }: RewriteContext,
): Promise<string[]> {
  const how: string[] = [];
  if (object.sqlMode !== undefined) {
    const unknown = await unknownModes(target, [object]);
    for (const mode of unknown) how.push(`sql_mode ${mode} を除去`);
    const known = modesOf(object).filter((mode) => !unknown.has(mode));
    await execute(target, `SET SESSION sql_mode = ${quotePlain(known.join(','))}`);
  }
  if (object.charset !== undefined) {
    // The text reaches the server as UTF-8; ASCII is the same in every set that a client may speak.
    const charset = object.charset.toLowerCase();
    const sendable = /^utf8/.test(charset) || isAscii(object.create);
    const set = sendable ? charset : 'utf8mb4';
    if (!sendable || !(await attempt(target, `SET SESSION character_set_client = ${set}`))) {
      await execute(target, 'SET SESSION character_set_client = utf8mb4');
      how.push(`文字セット ${charset} → utf8mb4`);
    }
  }
  if (object.collation !== undefined) {
    const mapped = mapCollation(object.collation, collations);
    if (mapped) await attempt(target, `SET SESSION collation_connection = ${mapped.name}`);
    if (!mapped || mapped.altered) how.push(`照合順序 ${object.collation} → ${mapped?.name ?? '既定'}`);
  }
  if (object.databaseCollation !== undefined) {
    const { collation } = await rowOf(target, 'SELECT @@collation_database AS collation');
    const { name } = mapCollation(object.databaseCollation, collations) ?? {};
    if (name !== String(collation).toLowerCase())
      how.push(`データベースの照合順序 ${object.databaseCollation} → ${collation}`);
  }
  if (object.zone !== undefined) how.push(...(await enterZone(target, object.zone)));
  return how;
}

/** An event's times are read in the session's zone: the target's own of the same name may mean another time. */
async function enterZone(target: Connection, { name, offset }: { name: string; offset: string }) {
  const same = offset === '' || (await offsetOf(target, name)) === offset;
  if (same && (await attempt(target, `SET SESSION time_zone = ${quotePlain(name)}`))) return [];
  const zone = `${offset.startsWith('-') ? '' : '+'}${offset.slice(0, -3)}`;
  await execute(target, `SET SESSION time_zone = ${quotePlain(zone)}`);
  return [`タイムゾーン ${name} → ${zone}`];
}

const modesOf = ({ sqlMode = '' }: Pick<StoredObject, 'sqlMode'>) =>
  sqlMode.split(',').filter((mode) => mode !== '');

/** Of the modes that objects were made under; each is tried in this session, which keeps its own. */
export async function unknownModes(
  target: Connection,
  objects: readonly Pick<StoredObject, 'sqlMode'>[],
): Promise<Set<string>> {
  const { own } = await rowOf(target, 'SELECT @@sql_mode AS own');
  const unknown = new Set<string>();
  for (const mode of new Set(objects.flatMap(modesOf))) {
    if (!(await attempt(target, `SET SESSION sql_mode = ${quotePlain(mode)}`))) unknown.add(mode);
  }
  await execute(target, `SET SESSION sql_mode = ${quotePlain(String(own))}`);
  return unknown;
}

/** An event that runs at both ends would do its work twice, and change rows before they are compared. */
export function disabled(sql: string, how: string[], shape = sql): string {
  const tokens = [...tokensOf(shape)];
  const end = tokens.findIndex((token) => isWord(token, 'DO'));
  const words = tokens.slice(0, end).map(({ kind, value }) => (kind === 'word' ? value : ''));
  if (end < 0 || words.includes('DISABLE')) return sql;
  how.push('切り替えまで無効(DISABLE)');
  const at = words.indexOf('ENABLE');
  // Where neither word stands, a server takes it for ENABLE.
  if (at < 0) return replaceParts(sql, [{ from: tokens[end]!.from, to: tokens[end]!.from, by: 'DISABLE ' }]);
  return replaceParts(sql, [{ from: tokens[at]!.from, to: tokens[at]!.to, by: 'DISABLE' }]);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
