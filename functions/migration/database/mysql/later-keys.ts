import type { Connection } from 'mysql2';
import { margin } from '../../job.ts';
import type { DatabaseJob } from '../job.ts';
import type { DatabaseLine } from '../line.ts';
import type { MysqlEnd } from './ends.ts';
import { quoteName } from './identifiers.ts';
import { attempt, execute } from './query.ts';
import { isTransactional, type Schema, type Table } from './schema.ts';
import { entriesOf } from './table-entries.ts';
import { definitionAt } from './target-objects.ts';
import { isWord } from './tokens.ts';

/**
 * Keys made after the rows are sorted once, instead of being searched for each row: a fifth of the whole time, measured. Below the
 * first size (bytes, the source's estimate) nothing is gained; above the second, one statement may take longer than a call has.
 */
const worthwhile = 16 * 1024 * 1024;
const longest = 1024 ** 3;
/** Of all keys of a table in a line of the plan; quietJson may write a sign in six. */
const mostText = 8000;
/** Bytes of a table in a millisecond, of a slow server. */
const sorted = 20_000;
/** Sessions that make keys side by side. */
const makers = 2;

/**
 * Takes the plain keys off a table that was just made, all or none, and returns them as the target writes them. They stay where rows
 * need them meanwhile: unique ones always, all where foreign keys are checked through them, and where the server refuses (the counter's).
 */
export async function putOffKeys(target: Connection, schema: Schema, table: Table): Promise<string[]> {
  if (!isTransactional(table) || table.bytes < worthwhile || table.bytes > longest) return [];
  if (isReferenced(schema, table) || table.columns.some(({ generated }) => generated)) return [];
  const keys = plainKeys(await definitionAt(target, table.name));
  const texts = [...keys.values()];
  if (texts.length === 0 || texts.join('').length > mostText) return [];
  const drops = [...keys.keys()].map((key) => `DROP KEY ${quoteName(key)}`);
  return (await attempt(target, `ALTER TABLE ${quoteName(table.name)} ${drops.join(', ')}`)) ? texts : [];
}

/** Makes what was put off, the largest tables first; what stands already stays. False when time ran short: calling again goes on. */
export async function makeLaterKeys(
  job: DatabaseJob,
  end: MysqlEnd,
  schema: Schema,
  lines: readonly DatabaseLine[],
): Promise<boolean> {
  const bytes = new Map(schema.tables.map((table) => [table.name, table.bytes]));
  const size = ({ name }: DatabaseLine) => bytes.get(name) ?? 0;
  const queue = lines.filter(({ later }) => later !== undefined).sort((a, b) => size(b) - size(a));
  let inTime = true;
  const work = async () => {
    const target = await end.connect();
    for (let line = queue.shift(); line && inTime; line = queue.shift()) {
      inTime &&= job.remaining() > margin + size(line) / sorted;
      if (inTime) await makeKeys(target, line.name, line.later!);
    }
    end.discard(target);
  };
  await Promise.all(Array.from({ length: Math.min(makers, queue.length) }, work));
  return inTime;
}

async function makeKeys(target: Connection, name: string, keys: readonly string[]): Promise<void> {
  const statement = async () => {
    const standing = new Set(plainKeys(await definitionAt(target, name)).values());
    const adds = keys.filter((key) => !standing.has(key)).map((key) => `ADD ${key}`);
    return adds.length > 0 ? `ALTER TABLE ${quoteName(name)} ${adds.join(', ')}` : undefined;
  };
  const first = await statement();
  if (first === undefined) return;
  try {
    await execute(target, first);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    // No room to sort in, mostly: row by row needs none. Or a call that was given up has gone on, and has made them.
    const again = await statement();
    if (again !== undefined) await execute(target, `${again}, ALGORITHM=COPY`);
  }
}

/** The server's own, its numbers below 1000 too: those are of files that it cannot write (MariaDB, "Error Codes", EE_…). */
function isAnswer(error: unknown): boolean {
  const { errno, fatal } = error as { errno?: number; fatal?: boolean };
  return errno !== undefined && errno > 0 && !fatal;
}

function isReferenced(schema: Schema, { name }: Table): boolean {
  const reference = `REFERENCES ${quoteName(name)}`.toLowerCase();
  return schema.tables.some(({ create }) => create.toLowerCase().includes(reference));
}

/** Keys that are neither unique nor of a kind of their own, by name; none at all where others stand between or foreign keys need them. */
function plainKeys(create: string): Map<string, string> {
  const keys = new Map<string, string>();
  for (const entry of entriesOf(create)) {
    const [first, name] = entry;
    if (first?.kind !== 'word') continue;
    if (/^(FULLTEXT|SPATIAL|VECTOR)$/.test(first.value) || entry.some((token) => isWord(token, 'REFERENCES')))
      return new Map();
    if (first.value === 'KEY' && name) keys.set(name.value, create.slice(first.from, entry.at(-1)!.to));
  }
  return keys;
}
