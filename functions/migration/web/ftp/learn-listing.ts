import { TerminalError, TransientError } from '../../../case/errors.ts';
import { ObjectProblem } from '../../object-problem.ts';
import type { Directories } from './directories.ts';
import type { Server } from './server.ts';
import type { Traits } from './traits.ts';

/** Some servers list nothing for `LIST -a`, others hide `.htaccess` without it. */
export async function learnListing(server: Server, directories: Directories): Promise<void> {
  const { traits } = server;
  const root = Buffer.alloc(0);
  if (traits.mlst) {
    // Besides MLSD only a listing that tells links is of use.
    traits.linksInList = !traits.windows;
    return;
  }
  let entries = await listTwice(traits, () => directories.entriesOf(root, true)).catch(ignoringRefusal);
  if (!entries || entries.size === 0) {
    traits.listCommand = 'LIST';
    entries = await directories.entriesOf(root, true);
    if (entries.size === 0) traits.listCommand = 'LIST -a';
  }
  if (entries.size > 0 && [...entries.values()].every(({ unread }) => unread)) {
    throw new TerminalError(
      'FTPサーバーの一覧の形式を読み取れません。何も変更していません。SFTPなど別の方法をご利用ください。',
    );
  }
}

/** Cut off by chance once; a server that does it again ends no listing's last line. */
async function listTwice<T>(traits: Traits, list: () => Promise<T>): Promise<T> {
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    traits.endsLines = false;
    return list();
  }
}

function ignoringRefusal(error: unknown): undefined {
  if (!(error instanceof ObjectProblem)) throw error;
}
