import { ObjectProblem } from '../../object-problem.ts';
import type { Attributes } from '../file-tree.ts';
import type { Directories } from './directories.ts';
import { attributesQuestion, timeIn } from './look-up.ts';
import { usualMode } from './parse-facts.ts';
import { isDone, isUnknownCommand, problemOf } from './reply.ts';
import { absolute, type Server } from './server.ts';

/** What stands at a path; a link is known by its line in LIST. Throws ObjectProblem. */
export async function inspect(
  server: Server,
  directories: Directories,
  path: Buffer,
  follow: boolean,
): Promise<Attributes> {
  if (path.length === 0) return inspectRoot(server, directories);
  const at = absolute(server, path);
  const listed = (await directories.find(path))?.attributes;
  if (listed?.kind === 'symlink') return follow ? followLink(server, at) : listed;
  if (listed && listed.kind !== 'file') return listed;
  if (!server.traits.mlst && !listed) throw new ObjectProblem('missing', 'inspect');
  return ask(server, at, listed);
}

async function inspectRoot(server: Server, directories: Directories): Promise<Attributes> {
  if (server.traits.mlst) return ask(server, server.root);
  const own = (await directories.entriesOf(Buffer.alloc(0))).get('.');
  return own?.attributes ?? { kind: 'directory', size: 0, mode: usualMode('directory'), mtime: 0 };
}

async function ask({ pool, traits }: Server, at: string, listed?: Attributes): Promise<Attributes> {
  const question = attributesQuestion(traits, at, listed);
  return question.read(await pool.ask(...question.commands));
}

/** What a link leads to: MLST of some servers tells the link's own facts for it. */
async function followLink({ pool }: Server, at: string): Promise<Attributes> {
  const [directory, size, time] = await pool.ask(`CWD ${at}`, `SIZE ${at}`, `MDTM ${at}`);
  const mtime = (isDone(time) && timeIn(time)) || 0;
  if (isDone(directory)) return { kind: 'directory', size: 0, mode: usualMode('directory'), mtime };
  if (isDone(size)) {
    return { kind: 'file', size: Number(size.text.slice(4)) || 0, mode: usualMode('file'), mtime };
  }
  throw isUnknownCommand(size)
    ? new ObjectProblem('failed', 'inspect')
    : problemOf(size, at, 'inspect', 'missing');
}
