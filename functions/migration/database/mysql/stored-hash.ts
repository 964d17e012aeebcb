import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2';
import type { DatabaseLine } from '../line.ts';
import { disabled, objectLine } from './make-objects.ts';
import { rowOf } from './query.ts';
import { readObjects } from './read-objects.ts';
import type { Schema, StoredObject } from './schema.ts';
import { serverKind } from './server-kind.ts';

/** Of all that makes up an object at its server; an event may wait or be at work. */
export function storedHash({ kind, create, sqlMode, charset, collation, zone }: StoredObject): string {
  const text = kind === 'event' ? disabled(create, []) : create;
  return createHash('sha256')
    .update(JSON.stringify([text, sqlMode, charset, collation, zone?.name]))
    .digest('hex');
}

/** Objects of the session's own database. */
export async function objectsAt(connection: Connection): Promise<StoredObject[]> {
  const { database } = await rowOf(connection, 'SELECT DATABASE() AS `database`');
  const found = { database: String(database), objects: [], unreadable: [] } as Partial<Schema> as Schema;
  await readObjects(connection, await serverKind(connection), found);
  return found.objects;
}

/** By path. */
export function hashesOf(objects: readonly StoredObject[]): Map<string, string> {
  return new Map(objects.map((object) => [objectLine(object).path ?? '', storedHash(object)]));
}

/** Paths of objects that are at the target otherwise than the run before has left them. */
export async function alteredSince(
  target: Connection,
  previous: ReadonlyMap<string, DatabaseLine>,
): Promise<string[]> {
  const left = [...previous.values()].filter(
    (line) => line.kind !== 'table' && line.targetSha256 !== undefined,
  );
  if (left.length === 0) return [];
  const now = hashesOf(await objectsAt(target));
  return left
    .map(({ path = '' }) => path)
    .filter(
      (path) => (now.get(path) ?? previous.get(path)?.targetSha256) !== previous.get(path)?.targetSha256,
    );
}
