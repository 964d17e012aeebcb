import type { Attributes, SettableAttributes } from '../file-tree.ts';
import type { Replies } from './control.ts';
import { attributesQuestion, type Question } from './look-up.ts';
import { writeTimestamp } from './parse-facts.ts';
import { isDone, isUnknownCommand, type Reply } from './reply.ts';
import type { Traits } from './traits.ts';

const ways = ['MFMT', 'MDTM', 'UTIME'] as const;
type Way = (typeof ways)[number];

/** Sends commands and gives a reply for each. */
export type Ask = <T extends readonly string[]>(...commands: T) => Promise<Replies<T>>;

/** An object that is to be given a mode and a time. */
export interface Subject {
  path: string;
  wanted: SettableAttributes;
  /** What it is now, as far as the server tells. */
  now: Attributes;
  /** Just made by us: it has the mode that the server gives new files. */
  isNew: boolean;
}

/**
 * Sets mode and time as far as the server can and looks at what came of it: what does not show is set once more, a time
 * in the next of the ways that servers know. What the server cannot do is written into the traits; the comparison after
 * the run states it for each file. The first commands go by `first`, at once; any more by `ask`. Throws ObjectProblem.
 */
export async function setAttributes(
  subject: Subject,
  traits: Traits,
  first: Ask,
  ask: Ask,
): Promise<Attributes> {
  const { path, wanted, now, isNew } = subject;
  const assumed = isNew ? { ...now, mode: traits.givenMode } : now;
  let modeIsDue = traits.setMode && (!showsModes(traits) || assumed.mode !== wanted.mode);
  let timeIsDue = isNew || now.mtime !== wanted.mtime;
  for (let send = first; ; send = ask) {
    const way = timeIsDue ? traits.setTime : undefined;
    const mode = modeIsDue ? [`SITE CHMOD ${(wanted.mode & 0o7777).toString(8)} ${path}`] : [];
    const settings = [...mode, ...(way ? [timeCommand(way, path, wanted.mtime)] : [])];
    const question = questionAfter(traits, path, now);
    const replies: Reply[] = await send(...settings, ...question.commands);
    const found = question.read(replies.slice(settings.length));
    if (modeIsDue && isUnknownCommand(replies[0]!)) traits.setMode = false;
    if (isNew && !modeIsDue && showsModes(traits)) traits.givenMode = found.mode;
    modeIsDue = !modeIsDue && traits.setMode && showsModes(traits) && found.mode !== wanted.mode;
    timeIsDue = way !== undefined && !isTimeSet(traits, way, replies[mode.length]!, wanted.mtime, found);
    if (!modeIsDue && !timeIsDue) return found;
  }
}

/** A directory that MLST is not there for is not looked at again. */
function questionAfter(traits: Traits, path: string, now: Attributes): Question {
  if (traits.mlst || now.kind === 'file') return attributesQuestion(traits, path, now);
  return { commands: [], read: () => now };
}

/**
 * Also when no other way is left to try. `MDTM time path` may have been read as a path, some servers take the time as
 * their own zone's, and directories may be refused where files are not.
 */
function isTimeSet(traits: Traits, way: Way, reply: Reply, mtime: number, found: Attributes): boolean {
  if (traits.timeProven) return true;
  const shows = traits.mlst !== undefined || (traits.mdtm && found.kind === 'file');
  if (isDone(reply) && (shows ? found.mtime === mtime : way !== 'MDTM')) {
    traits.timeProven = true;
    return true;
  }
  if (found.kind !== 'file' && !isUnknownCommand(reply)) return true;
  // Others may have gone on to the next way meanwhile.
  if (traits.setTime === way) traits.setTime = ways[ways.indexOf(way) + 1];
  return traits.setTime === undefined;
}

function showsModes(traits: Traits): boolean {
  return traits.mlst !== undefined && traits.modes;
}

function timeCommand(way: Way, path: string, mtime: number): string {
  const at = writeTimestamp(mtime);
  return way === 'UTIME' ? `SITE UTIME ${at} ${path}` : `${way} ${at} ${path}`;
}
