import { ObjectProblem } from '../../object-problem.ts';
import type { Attributes } from '../file-tree.ts';
import { parseFacts, readTimestamp, usualMode } from './parse-facts.ts';
import { isDone, isUnknownCommand, problemOf, type Reply } from './reply.ts';
import type { Traits } from './traits.ts';

/** Commands that tell a file's attributes, to be sent together with others, and how their replies are read. */
export interface Question {
  commands: readonly string[];
  /** Throws ObjectProblem. */
  read(replies: readonly Reply[]): Attributes;
}

/** Links are followed, or not, as the server likes. `known`: for what SIZE and MDTM do not tell. */
export function attributesQuestion(traits: Traits, path: string, known?: Attributes): Question {
  if (traits.mlst) return { commands: [`MLST ${path}`], read: ([reply]) => factsIn(reply!, path) };
  const commands = [...(traits.size ? [`SIZE ${path}`] : []), ...(traits.mdtm ? [`MDTM ${path}`] : [])];
  return {
    commands,
    read: (replies) => {
      const size = traits.size ? replies[0] : undefined;
      const time = traits.mdtm ? replies[commands.length - 1] : undefined;
      const bytes = size && isDone(size) ? Number(/^213 (\d+)/.exec(size.text)?.[1] ?? 'NaN') : undefined;
      if (size && isUnknownCommand(size)) traits.size = false;
      else if (size && bytes === undefined) throw problemOf(size, path, 'stat', 'missing');
      const mtime = time && isDone(time) ? timeIn(time) : undefined;
      if (!Number.isSafeInteger(bytes ?? known?.size)) throw new ObjectProblem('failed', 'stat');
      return {
        kind: 'file',
        size: bytes ?? known!.size,
        mode: known?.mode ?? usualMode('file'),
        mtime: mtime ?? known?.mtime ?? 0,
      };
    },
  };
}

/** Of a reply to MDTM. */
export function timeIn({ text }: Reply): number | undefined {
  return readTimestamp(/^213 (\S+)/.exec(text)?.[1] ?? '');
}

function factsIn(reply: Reply, path: string): Attributes {
  if (!isDone(reply)) throw problemOf(reply, path, 'stat', 'missing');
  const line = reply.text.split('\n').find((one) => /^ ?\S*type=/i.test(one));
  const facts = parseFacts((line ?? '').trimStart().replace(/type=[cp]dir;/i, 'type=dir;'));
  if (!line || !facts) throw new ObjectProblem('failed', 'stat');
  return facts.attributes;
}
