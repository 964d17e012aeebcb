import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { type ObjectLine, pathOf } from '../../object-line.ts';
import { ObjectProblem } from '../../object-problem.ts';
import { ancestorsOf } from '../../position.ts';
import type { Job } from '../job.ts';
import { temporaryFor } from '../temporary-names.ts';
import type { NameCounts } from './count-names.ts';
import { entriesByDirectory, gatherPaths } from './entries-by-directory.ts';

const composed = '\u30ac'; // ガ in one character, and in two
const decomposed = composed.normalize('NFD');

/** In which names that differ are one at a target. */
export interface Folding {
  /** The composed and the decomposed form, as for Macs' file systems. */
  forms: boolean;
  /** Upper and lower case, as for those of Windows and of Macs. */
  cases: boolean;
}

/** What the target takes for one; undefined where it tells all names apart. */
export async function foldingOf(
  job: Job,
  { decomposed: inTwoForms }: NameCounts,
): Promise<Folding | undefined> {
  const probe = temporaryFor(job, Buffer.from('probe')).toString();
  const cases = await isOne(job, probe, probe.toUpperCase());
  const forms = inTwoForms > 0 && (await isOne(job, probe + composed, probe + decomposed));
  return cases || forms ? { cases, forms } : undefined;
}

/** Tried with a file. */
async function isOne({ target }: Job, name: string, otherName: string): Promise<boolean> {
  const [one, other] = [Buffer.from(name), Buffer.from(otherName)];
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

/**
 * Paths (latin1) that would overwrite another entry of their directory. The composed form is the one that moves, and of
 * two cases the first. Undefined when they are too many.
 */
export function foldedTwins(
  lines: AsyncIterable<ObjectLine>,
  { forms, cases }: Folding,
): Promise<Set<string> | undefined> {
  return gatherPaths(entriesByDirectory(lines, { ascii: cases }), (names) => {
    const taken = new Set<string>();
    const texts = names.filter((name) => isUtf8(name));
    const inOrder = [...texts.filter(isComposed), ...texts.filter((name) => !isComposed(name))];
    return inOrder.filter((name) => {
      const form = forms ? name.toString().normalize('NFC') : name.toString();
      const folded = cases ? form.toLowerCase() : form;
      const isTaken = taken.has(folded);
      taken.add(folded);
      return isTaken;
    });
  });
}

/** Each twin, and what is below it. */
export async function* leaveOutTwins(
  lines: AsyncIterable<readonly ObjectLine[]>,
  twins: ReadonlySet<string>,
): AsyncGenerator<ObjectLine[]> {
  const isOut = (path: Buffer) =>
    [path, ...ancestorsOf(path)].some((one) => twins.has(one.toString('latin1')));
  for await (const batch of lines)
    yield batch.map((line) =>
      line.outcome === undefined && isOut(pathOf(line))
        ? { ...line, outcome: 'skipped', why: takenForOne }
        : line,
    );
}

const takenForOne =
  '移行先では、大文字と小文字、または濁点などの表記だけが異なる同じ場所の名前と区別できません';

function isComposed(name: Buffer): boolean {
  return name.toString().normalize('NFC') === name.toString();
}
