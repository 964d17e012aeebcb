import { randomBytes } from 'node:crypto';
import { ObjectProblem } from '../../object-problem.ts';
import { packetType, string } from './packet.ts';
import { change, isLink, pathAttributes } from './requests.ts';
import type { SftpSession } from './session.ts';

/** In what servers differ without saying so. */
export interface Habits {
  /** SYMLINK takes the link, then the target, as the draft says; OpenSSH takes them the other way round. */
  linkFirst: boolean;
  /** Names are followed where they are links, in RENAME too: a link in the way has to go first. */
  follows: boolean;
}

/** Tried once on a server that is written to anyway, with two names that are both ours and both inside `directory`. */
export async function findHabits(session: SftpSession, directory: Buffer): Promise<Habits> {
  if (session.isOpenSsh) return { linkFirst: false, follows: false };
  const name = () =>
    Buffer.concat([directory, Buffer.from(`/.hikkoshi-probe-${randomBytes(8).toString('hex')}`)]);
  const [one, two] = [name(), name()];
  const remove = (path: Buffer) => change(session, packetType.remove, string(path));
  try {
    await change(session, packetType.symlink, string(one), string(two));
  } catch (error) {
    if (!(error instanceof ObjectProblem)) throw error;
    // No links here: nothing can be found out, so the careful way is taken.
    return { linkFirst: false, follows: true };
  }
  const linkFirst = await isLink(session, one);
  await remove(linkFirst ? one : two);
  const names = [string(one), string('.')];
  await change(session, packetType.symlink, ...(linkFirst ? names : names.reverse()));
  const { kind } = await pathAttributes(session, one, false);
  await remove(one);
  return { linkFirst, follows: kind !== 'symlink' };
}
