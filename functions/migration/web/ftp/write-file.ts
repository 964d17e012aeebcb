import { ObjectProblem } from '../../object-problem.ts';
import type { Attributes, WriteOptions } from '../file-tree.ts';
import { isContinuationRefused, rewriteFile, storeCommand } from './continue-file.ts';
import type { Control } from './control.ts';
import { askPassive } from './data-connection.ts';
import { attributesQuestion } from './look-up.ts';
import { type OpenUploads, uploadProblem } from './open-uploads.ts';
import { usualMode } from './parse-facts.ts';
import { isDone, type Reply, reasonOf } from './reply.ts';
import type { Server } from './server.ts';
import { setAttributes } from './set-attributes.ts';
import { Upload } from './upload.ts';

/** A file, or a part of one, that is to be written. */
export interface Writing extends WriteOptions {
  /** As the server is told. */
  path: string;
  start: number;
  content: Buffer;
  /** It is known that nothing stands there: otherwise that is asked, for FTP cannot ask for a file to be new. */
  free: boolean;
}

/** Names of files under way are random (threats.md, 1). Throws ObjectProblem or TransientError. */
export async function writeFile(server: Server, uploads: OpenUploads, writing: Writing): Promise<void> {
  const { path, start, content, create, attributes } = writing;
  const { pool, traits } = server;
  if (await uploads.goOn(path, start, content)) return;
  await uploads.finish(path);
  if (start > 0 && !traits.append) return rewriteFile(server, uploads, writing);
  const control = await pool.take();
  let kept = false;
  let settled: Promise<void> | undefined;
  try {
    const { port, found } = await prepare(server, control, writing);
    const command = await storeCommand(control, path, start, found?.size ?? 0);
    const upload = new Upload(control, port, command);
    if (create && !attributes && !traits.append) {
      const refusal = await upload.write(content);
      if (refusal) throw await refusalOf(control, refusal, path);
      uploads.keep(path, { upload, control, size: content.length });
      kept = true;
      return;
    }
    const reply = await upload.finish(content);
    if (isDone(reply)) settled = settle(server, control, writing, found);
    else if (start > 0 && isContinuationRefused(reply, path)) traits.append = false;
    else throw await refusalOf(control, reply, path);
    settled?.catch(() => undefined);
  } finally {
    if (!kept) pool.giveBack(control);
  }
  // Awaited while somebody else has the connection.
  await (settled ?? rewriteFile(server, uploads, writing));
}

/** A place for the data, and what stands at the file's own. */
async function prepare(
  { traits }: Server,
  control: Control,
  { path, start, content, create, free }: Writing,
): Promise<{ port: number; found: Attributes | undefined }> {
  const question = attributesQuestion(traits, path);
  const { replies, port } = await askPassive(control, traits, ...(free ? [] : question.commands));
  const found = free ? undefined : present(traits, () => question.read(replies));
  if (create ? found : !found) throw new ObjectProblem(create ? 'failed' : 'missing', 'write');
  // STOR from the beginning takes away what it does not write over; FTP has no other way.
  if (start === 0 && found && found.size > content.length) throw new ObjectProblem('failed', 'write');
  return { port, found };
}

/**
 * A connection that ends early looks like the end of the file: its size is asked for. What is asked first leaves before
 * this returns.
 */
async function settle(
  { pool, traits, cuts }: Server,
  control: Control,
  { path, start, content, create, attributes }: Writing,
  found: Attributes | undefined,
): Promise<void> {
  const end = start + content.length;
  const now: Attributes = { kind: 'file', size: end, mode: found?.mode ?? usualMode('file'), mtime: 0 };
  const ask = control.ask.bind(control);
  let size: number;
  if (attributes) {
    const subject = { path, wanted: attributes, now, isNew: create };
    ({ size } = await setAttributes(subject, traits, ask, pool.ask.bind(pool)));
  } else {
    const question = attributesQuestion(traits, path, now);
    ({ size } = question.read(await ask(...question.commands)));
  }
  // What stood behind an overwritten part stays on some servers, and goes on others.
  if (size === end || size === Math.max(end, found?.size ?? 0)) return cuts.forget(`STOR ${path}`);
  cuts.note(`STOR ${path}`);
  throw new ObjectProblem('failed', 'write');
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
function present({ mlst, size }: Server['traits'], read: () => Attributes): Attributes | undefined {
  try {
    return read();
  } catch (error) {
    const unknown = !mlst && !size;
    if (error instanceof ObjectProblem && (error.reason === 'missing' || unknown)) return undefined;
    throw error;
  }
}
