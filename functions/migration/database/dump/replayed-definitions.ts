import { createHash } from 'node:crypto';
import * as keys from '../../keys.ts';
import { linesOf, readLines, readLinesIfAny } from '../../ndjson.ts';
import { type Description, differing } from '../description.ts';
import type { DatabaseJob } from '../job.ts';
import type { DatabaseLine } from '../line.ts';

/** Some facts of one object: a hash each. */
interface Kept {
  path: string;
  facts: Record<string, string>;
}

const factsInLine = 100;
const keyOf = (job: DatabaseJob, plan: string) => `${keys.chunkState(job, plan, 1)}.definitions`;

/**
 * Remembers each definition as the target has it when a replay ends, fact by fact: a dump has no server that could be asked
 * again, and what is another one later was altered by somebody. By the path of the object's line.
 */
export async function keepDefinitions(
  job: DatabaseJob,
  plan: string,
  described: ReadonlyMap<string, Description>,
): Promise<void> {
  await job.objects.put(keyOf(job, plan), keptLines(described));
}

async function* keptLines(described: ReadonlyMap<string, Description>): AsyncGenerator<Buffer> {
  for (const [path, description] of described) {
    const facts = Object.entries(hashed(description));
    for (let at = 0; at === 0 || at < facts.length; at += factsInLine) {
      const some: Kept = { path, facts: Object.fromEntries(facts.slice(at, at + factsInLine)) };
      yield linesOf([some]);
    }
  }
}

function hashed({ facts, texts }: Description): Record<string, string> {
  const hash = (value: unknown) =>
    createHash('sha256')
      .update(JSON.stringify(value ?? null))
      .digest('base64url')
      .slice(0, 12);
  return Object.fromEntries(Object.entries({ ...facts, ...texts }).map(([key, value]) => [key, hash(value)]));
}

/** What a dump's plan is to make, rows and what is left out aside. */
export async function plannedDefinitions(job: DatabaseJob, plan: string): Promise<DatabaseLine[]> {
  const lines: DatabaseLine[] = [];
  for await (const line of readLines<DatabaseLine>(job.objects, keys.chunkObjects(job, plan, 0)))
    if (line.outcome === undefined) lines.push(line);
  return lines;
}

/** All definitions of a dump, as the target has them now. */
export interface Replayed {
  now: ReadonlyMap<string, Description>;
  /** See alteredDefinitions. */
  altered: ReadonlyMap<string, readonly string[]>;
}

export async function readReplayed(
  job: DatabaseJob,
  plan: string,
  describe: (lines: readonly DatabaseLine[]) => Promise<ReadonlyMap<string, Description>>,
): Promise<Replayed> {
  const now = await describe(await plannedDefinitions(job, plan));
  return { now, altered: await alteredDefinitions(job, plan, now) };
}

/**
 * Facts that are not what they were when the replay ended, by path; none for an object that was not there then. Empty where
 * nothing was kept, as by earlier releases.
 */
async function alteredDefinitions(
  job: DatabaseJob,
  plan: string,
  now: ReadonlyMap<string, Description>,
): Promise<Map<string, string[]>> {
  const altered = new Map<string, string[]>([...now.keys()].map((path) => [path, []]));
  const settle = (path: string, facts: Record<string, string>) => {
    const description = now.get(path);
    const keysThatDiffer = description ? differing(facts, hashed(description)) : [];
    if (keysThatDiffer.length > 0) altered.set(path, keysThatDiffer);
    else altered.delete(path);
  };
  let open: Kept | undefined;
  for await (const { path, facts } of readLinesIfAny<Kept>(job.objects, keyOf(job, plan))) {
    if (open && open.path !== path) settle(open.path, open.facts);
    open = { path, facts: open?.path === path ? { ...open.facts, ...facts } : facts };
  }
  if (!open) return new Map();
  settle(open.path, open.facts);
  return altered;
}
