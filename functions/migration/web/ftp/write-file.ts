import { TransientError } from '../../../case/errors.ts';
import { ObjectProblem } from '../../object-problem.ts';
import type { Attributes, SettableAttributes, WriteOptions } from '../file-tree.ts';
import type { Control } from './control.ts';
import { askPassive } from './data-connection.ts';
import { attributesQuestion } from './look-up.ts';
import { type OpenUploads, uploadProblem } from './open-uploads.ts';
import { readFile } from './read-file.ts';
import { isDone, isIntermediate, problemOf, type Reply, reasonOf } from './reply.ts';
import type { Server } from './server.ts';
import { setWhatCanBeSet } from './set-attributes.ts';
import { Upload } from './transfer.ts';

/** Bytes of a file's beginning that are held in memory to be written once more. */
const mostRewritten = 64 * 1024 * 1024;

/** FTP cannot ask for a file to be new: it is looked for first. Names of files under way are random (threats.md, 1). */
export async function writeFile(
  server: Server,
  uploads: OpenUploads,
  path: string,
  start: number,
  content: Buffer,
  { create, attributes }: WriteOptions,
): Promise<void> {
  if (await uploads.goOn(path, start, content)) return;
  await uploads.finish(path);
  if (start > 0 && !server.traits.append) return rewrite(server, uploads, path, start, content, attributes);
  const control = await server.pool.take();
  let kept = false;
  let again = false;
  let settled: Promise<void> | undefined;
  try {
    const question = attributesQuestion(server.traits, path);
    const { replies, port } = await askPassive(control, server.traits, ...question.commands);
    const found = present(server, () => question.read(replies));
    if (create ? found : !found) throw new ObjectProblem(create ? 'failed' : 'missing', 'write');
    // STOR from the beginning takes away what it does not write over; FTP has no other way.
    if (start === 0 && found && found.size > content.length) throw new ObjectProblem('failed', 'write');
    const command = await storeCommand(control, path, start, found?.size ?? 0);
    const upload = new Upload(control, port, command);
    const refusal = await upload.write(content);
    const open = !refusal && create && !attributes && !server.traits.append;
    if (open) {
      uploads.keep(path, { upload, control, size: content.length });
      kept = true;
      return;
    }
    const reply = refusal ?? (await upload.finish());
    if (start > 0 && isAppendRefused(reply, path)) {
      server.traits.append = false;
      again = true;
    } else if (!isDone(reply)) throw await refusalOf(control, reply, path);
    else {
      const later = server.traits.timeProven;
      // What stood behind an overwritten part stays on some servers, and goes on others.
      const end = start + content.length;
      const sizes = [end, Math.max(end, found?.size ?? 0)];
      settled = settle(server, control, path, sizes, attributes, later);
      settled.catch(() => undefined);
      if (!later) await settled;
    }
  } finally {
    if (!kept) server.pool.giveBack(control);
  }
  await settled;
  if (again) await rewrite(server, uploads, path, start, content, attributes);
}

/**
 * Where a file cannot be continued, its beginning is read back and written once more, and the transfer stays open for
 * what follows. `missing` makes the engine begin the file again, from its staged copy.
 */
async function rewrite(
  server: Server,
  uploads: OpenUploads,
  path: string,
  start: number,
  content: Buffer,
  attributes: SettableAttributes | undefined,
): Promise<void> {
  if (start > mostRewritten) throw new ObjectProblem('missing', 'write');
  const { content: beginning } = await readFile(server, path, 0, start, undefined);
  if (beginning.length < start) throw new ObjectProblem('missing', 'write');
  const [reply] = await server.pool.use((control) => control.ask(`DELE ${path}`));
  if (!isDone(reply)) throw problemOf(reply, path, 'write', 'denied');
  await writeFile(server, uploads, path, 0, Buffer.concat([beginning, content]), {
    create: true,
    ...(attributes && { attributes }),
  });
}

/** A connection that ends early looks like the end of the file: the size is asked for before anything else. */
async function settle(
  server: Server,
  control: Control,
  path: string,
  sizes: readonly number[],
  attributes: SettableAttributes | undefined,
  later: boolean,
): Promise<void> {
  const { commands, read } = attributesQuestion(server.traits, path);
  const asked = attributes
    ? setWhatCanBeSet(control, server.traits, path, attributes, commands, { known: true, later })
    : later
      ? control.defer(...commands)
      : control.ask(...commands);
  const replies = await asked;
  if (commands.length === 0 || sizes.includes(read(replies).size)) return;
  throw new TransientError('ファイルが途中までしか届きませんでした。続きから再開します。');
}

async function storeCommand(control: Control, path: string, start: number, size: number): Promise<string> {
  if (start === 0) return `STOR ${path}`;
  if (size < start) throw new ObjectProblem('missing', 'write');
  if (size === start) return `APPE ${path}`;
  const [restart] = await control.ask(`REST ${start}`);
  if (isIntermediate(restart)) return `STOR ${path}`;
  throw new ObjectProblem('missing', 'write');
}

function isAppendRefused({ code, text }: Reply, path: string): boolean {
  return code >= 400 && /append|restart|\b50[024]\b/i.test(text.replaceAll(path, ''));
}

/** What was refused before or after the transfer had begun. */
async function refusalOf(control: Control, reply: Reply, path: string): Promise<Error> {
  if (reply.code !== 550 && reply.code !== 553) return uploadProblem(reply, path);
  const reason = reasonOf(reply, path);
  if (reason) return new ObjectProblem(reason, 'write');
  // `553 Could not create file.`: space is not what these codes are for.
  const [parent] = await control.ask(`CWD ${path.slice(0, path.lastIndexOf('/')) || '/'}`);
  return new ObjectProblem(isDone(parent) ? 'denied' : 'missing', 'write');
}

/** A server that knows neither MLST nor SIZE cannot say: a name of ours is then taken to be new. */
function present({ traits }: Server, read: () => Attributes): Attributes | undefined {
  try {
    return read();
  } catch (error) {
    const unknown = !traits.mlst && !traits.size;
    if (error instanceof ObjectProblem && (error.reason === 'missing' || unknown)) return undefined;
    throw error;
  }
}
