import { refuseName } from '../../names.ts';
import { joinPath } from '../../position.ts';
import type { Entry } from '../file-tree.ts';
import type { Directories } from './directories.ts';
import type { ListLine } from './list-line.ts';
import { timeIn } from './look-up.ts';
import { parseFacts } from './parse-facts.ts';
import { readFacts } from './read-listing.ts';
import { isDone, isUnknownCommand } from './reply.ts';
import { absolute, type Server } from './server.ts';

const batchSize = 500;
const timesAtOnce = 50;

/** Received whole before the first entry is given, so that no connection waits for the walk. */
export async function* listDirectory(
  server: Server,
  directories: Directories,
  directory: Buffer,
): AsyncGenerator<Entry[]> {
  const at = absolute(server, directory);
  if (server.traits.mlst) yield* withFacts(server, directories, directory, at);
  else yield* withoutFacts(server, directories, directory);
}

/** MLSD; links, and what is no file, as LIST has them. Some servers' MLSD leaves out links to nowhere. */
async function* withFacts(server: Server, directories: Directories, directory: Buffer, at: string) {
  const facts = readFacts(server, at);
  facts.catch(() => undefined);
  const special = await directories.entriesOf(directory, true).catch(async (error) => {
    await facts.then((text) => text.drop()).catch(() => undefined);
    throw error;
  });
  const text = await facts;
  try {
    const unseen = new Map(special);
    let batch: Entry[] = [];
    for (const line of text.lines()) {
      const entry = line === '' ? undefined : parseFacts(line);
      if (!entry || isDots(entry.name)) continue;
      const listed = special.get(entry.name);
      unseen.delete(entry.name);
      if (!listed && entry.attributes.kind === 'symlink') special.set(entry.name, entry);
      batch.push(entryOf(listed ? { ...listed, attributes: merged(entry, listed) } : entry));
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
    yield [...batch, ...[...unseen.values()].map(entryOf)];
  } finally {
    text.drop();
  }
}

/** Plain LIST has no seconds, and after six months no hours: files' times are asked for, many at once. */
async function* withoutFacts(server: Server, directories: Directories, directory: Buffer) {
  const listed = await directories.entriesOf(directory, true);
  const lines = [...listed.values()].filter(({ name }) => !isDots(name));
  for (let start = 0; start < lines.length; start += timesAtOnce) {
    const batch = lines.slice(start, start + timesAtOnce);
    const times = await askTimes(server, directory, batch);
    learnZone(server, listed, batch, times);
    for (const line of batch) {
      const mtime = times.get(line.name);
      if (mtime !== undefined) line.attributes = { ...line.attributes, mtime };
    }
    yield batch.map(entryOf);
  }
}

async function askTimes(
  server: Server,
  directory: Buffer,
  lines: readonly ListLine[],
): Promise<Map<string, number>> {
  const names = lines.filter(
    ({ name, attributes }) =>
      attributes.kind === 'file' && refuseName(Buffer.from(name, 'latin1')) === undefined,
  );
  const times = new Map<string, number>();
  if (!server.traits.mdtm || names.length === 0) return times;
  const commands = names.map(
    ({ name }) => `MDTM ${absolute(server, joinPath(directory, Buffer.from(name, 'latin1')))}`,
  );
  const replies = await server.pool.ask(...commands);
  if (replies.every(isUnknownCommand)) server.traits.mdtm = false;
  for (const [at, reply] of replies.entries()) {
    const mtime = isDone(reply) ? timeIn(reply) : undefined;
    if (mtime !== undefined) times.set(names[at]!.name, mtime);
  }
  return times;
}

/** One file's time in both forms tells the zone of the listing; what was read in Japan's is put right. */
function learnZone(
  { traits }: Server,
  listed: Map<string, ListLine>,
  batch: readonly ListLine[],
  times: Map<string, number>,
): void {
  const known = traits.zoneKnown ? undefined : batch.find(({ name, exact }) => exact && times.has(name));
  if (!known) return;
  const ahead = known.attributes.mtime + traits.zone - times.get(known.name)!;
  const zone = Math.round(ahead / 900) * 900;
  if (Math.abs(zone) > 14 * 3600) return;
  for (const line of listed.values()) {
    if (line.unread) continue;
    const mtime = Math.max(0, line.attributes.mtime + traits.zone - zone);
    line.attributes = { ...line.attributes, mtime };
  }
  traits.zone = zone;
  traits.zoneKnown = true;
}

function merged(entry: ListLine, listed: ListLine) {
  const { kind, size } = listed.attributes;
  return { ...entry.attributes, kind, size };
}

function entryOf({ name, attributes }: ListLine): Entry {
  return { name: Buffer.from(name, 'latin1'), attributes };
}

function isDots(name: string): boolean {
  return name === '.' || name === '..';
}
