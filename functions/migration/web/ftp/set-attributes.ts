import type { SettableAttributes } from '../file-tree.ts';
import type { Control } from './control.ts';
import { timeIn } from './look-up.ts';
import { writeTimestamp } from './parse-facts.ts';
import { isDone, isUnknownCommand, type Reply } from './reply.ts';
import type { Traits } from './traits.ts';

const ways = ['MFMT', 'MDTM', 'UTIME'] as const;

/**
 * Sets mode and time as far as the server can, together with commands that go before, whose replies are returned. What
 * it cannot is written into the traits; the comparison after the run states it for each file. `known` says that the
 * object is ours and there, so that a refusal means that this is not how times are set here. With `later` the commands
 * go with somebody else's: only when traits.timeProven, and awaited after the connection was given back.
 */
export async function setWhatCanBeSet(
  control: Control,
  traits: Traits,
  path: string,
  { mode, mtime }: SettableAttributes,
  before: readonly string[],
  { known, later = false }: { known: boolean; later?: boolean },
): Promise<Reply[]> {
  const time = timeCommand(traits, path, mtime);
  const permissions = traits.setMode ? [`SITE CHMOD ${(mode & 0o7777).toString(8)} ${path}`] : [];
  const commands = [...before, ...permissions, ...time];
  const replies: Reply[] = await (later ? control.defer(...commands) : control.ask(...commands));
  const answers = replies.slice(0, before.length);
  if (permissions.length > 0 && isUnknownCommand(replies[before.length]!)) traits.setMode = false;
  if (time.length > 0) await learn(control, traits, path, mtime, replies.at(-1)!, known);
  return answers;
}

/** Goes from one way of setting times to the next until one shows in what the server then tells. */
async function learn(
  control: Control,
  traits: Traits,
  path: string,
  mtime: number,
  answer: Reply,
  known: boolean,
): Promise<void> {
  let reply = answer;
  for (;;) {
    if (traits.timeProven) return;
    if (isDone(reply) && (traits.setTime === 'MFMT' || (await isSet(control, path, mtime)))) {
      traits.timeProven = true;
      return;
    }
    if (!isDone(reply) && !known && !isUnknownCommand(reply)) return;
    traits.setTime = ways[ways.indexOf(traits.setTime!) + 1];
    const [next] = timeCommand(traits, path, mtime);
    if (next === undefined) return;
    [reply] = await control.ask(next);
  }
}

/** `MDTM time path` may have been read as a path, and some servers take the time as their own zone's. */
async function isSet(control: Control, path: string, mtime: number): Promise<boolean> {
  const [reply] = await control.ask(`MDTM ${path}`);
  return isDone(reply) && timeIn(reply) === mtime;
}

function timeCommand(traits: Traits, path: string, mtime: number): string[] {
  const at = writeTimestamp(mtime);
  if (traits.setTime === undefined) return [];
  return [traits.setTime === 'UTIME' ? `SITE UTIME ${at} ${path}` : `${traits.setTime} ${at} ${path}`];
}
