import { ObjectProblem } from '../../object-problem.ts';
import { askPassive } from './data-connection.ts';
import { download } from './download.ts';
import { type ListLine, parseListLine } from './list-line.ts';
import { LineSplitter, ListingLimit, ListingText } from './listing-text.ts';
import { isDone, lost, problemOf, type Reply } from './reply.ts';
import type { Server } from './server.ts';

const mostEntries = 500_000;

/**
 * LIST of a directory, by name; of a server with MLSD only what that does not tell: links and what is no file. It is
 * entered first: LIST takes names with `*`, blanks or a dash in front for something else.
 */
export async function readList(server: Server, directory: string): Promise<Map<string, ListLine>> {
  const { traits } = server;
  const found = new Map<string, ListLine>();
  const splitter = new LineSplitter();
  const limit = new ListingLimit();
  const times = { now: Math.floor(Date.now() / 1000), zone: traits.zone };
  let first = true;
  let problem: unknown;
  const take = (lines: Iterable<string>) => {
    for (const line of lines) {
      const entry = parseListLine(line, first, times);
      first = false;
      if (!entry || (traits.mlst && isPlain(entry))) continue;
      found.set(entry.name, entry);
      if (found.size > mostEntries) throw new ObjectProblem('failed', 'list');
    }
  };
  const reply = await server.pool.use(async (control) => {
    const { replies, port } = await askPassive(control, traits, `CWD ${directory}`);
    if (!isDone(replies[0])) throw problemOf(replies[0], directory, 'list', 'failed');
    const got = await download(control, port, traits.listCommand, server.throttle, (piece) => {
      try {
        limit.add(piece.length);
        take(splitter.push(piece));
        return true;
      } catch (error) {
        problem = error;
        return false;
      }
    });
    return got.reply;
  });
  if (problem) throw problem;
  checkEnd(server, reply, directory, splitter.isWhole);
  take(splitter.end());
  return found;
}

/** MLSD of a directory, whole. */
export async function readFacts(server: Server, directory: string): Promise<ListingText> {
  const text = new ListingText(server.held);
  try {
    let problem: unknown;
    const reply = await server.pool.use(async (control) => {
      const { port } = await askPassive(control, server.traits);
      const got = await download(control, port, `MLSD ${directory}`, server.throttle, (piece) => {
        try {
          text.add(piece);
          return true;
        } catch (error) {
          problem = error;
          return false;
        }
      });
      return got.reply;
    });
    if (problem) throw problem;
    checkEnd(server, reply, directory, text.isWhole);
    return text;
  } catch (error) {
    text.drop();
    throw error;
  }
}

/** Some servers refuse to list what is empty; some end a listing early and say so in passing (Pure-FTPd at 10,000). */
function checkEnd({ cuts, traits }: Server, reply: Reply, directory: string, whole: boolean): void {
  if (reply.code === 425 || reply.code === 426) throw lost();
  if (reply.code >= 400) {
    if (/no files|is empty/i.test(reply.text.replaceAll(directory, ''))) return;
    throw problemOf(reply, directory, 'list', 'failed');
  }
  if (/truncat/i.test(reply.text)) throw new ObjectProblem('failed', 'list');
  if (whole || !traits.endsLines) {
    cuts.forget(`LIST ${directory}`);
    return;
  }
  cuts.note(`LIST ${directory}`);
  throw new ObjectProblem('failed', 'list');
}

function isPlain({ name, attributes, unread }: ListLine): boolean {
  if (name === '.' || name === '..' || unread) return true;
  return attributes.kind === 'file' || attributes.kind === 'directory';
}
