import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { type ObjectLine, pathOf } from '../../object-line.ts';
import { ObjectProblem } from '../../object-problem.ts';
import { ancestorsOf } from '../../position.ts';
import type { Job } from '../job.ts';
import { temporaryFor } from '../temporary-names.ts';
import { entriesByDirectory, gatherPaths } from './entries-by-directory.ts';

const composed = '\u30ac'; // ガ in one character, and in two
const decomposed = composed.normalize('NFD');

/** Whether the target takes a composed name and its decomposed form for one, as Macs' file systems do. */
export async function foldsForms(job: Job): Promise<boolean> {
  const { target } = job;
  const start = temporaryFor(job, Buffer.from('probe')).toString();
  const [one, other] = [Buffer.from(start + composed), Buffer.from(start + decomposed)];
  try {
    await target.write(one, 0, randomBytes(8), { create: true });
  } catch (error) {
    if (error instanceof ObjectProblem) return false;
    throw error;
  }
  try {
    await target.inspect(other);
    return true;
  } catch (error) {
    if (error instanceof ObjectProblem) return false;
    throw error;
  } finally {
    await target.remove(one);
  }
}

/** Paths (latin1) that would overwrite another entry of their directory; the composed form is the one that moves. */
export function foldedTwins(lines: AsyncIterable<ObjectLine>): Promise<Set<string> | undefined> {
  return gatherPaths(entriesByDirectory(lines), (names) => {
    const taken = new Set<string>();
    const texts = names.filter((name) => isUtf8(name));
    const inOrder = [...texts.filter(isComposed), ...texts.filter((name) => !isComposed(name))];
    return inOrder.filter((name) => {
      const form = name.toString().normalize('NFC');
      const isTaken = taken.has(form);
      taken.add(form);
      return isTaken;
    });
  });
}

/** Each twin, and what is below it. */
export async function* leaveOutTwins(
  lines: AsyncIterable<ObjectLine>,
  twins: ReadonlySet<string>,
): AsyncGenerator<ObjectLine> {
  for await (const line of lines) {
    const path = pathOf(line);
    const out = [path, ...ancestorsOf(path)].some((one) => twins.has(one.toString('latin1')));
    yield out && line.outcome === undefined ? { ...line, outcome: 'skipped', why: takenForOne } : line;
  }
}

const takenForOne = '移行先では、濁点などの表記だけが異なる同じ場所の名前と区別できません';

function isComposed(name: Buffer): boolean {
  return name.toString().normalize('NFC') === name.toString();
}
