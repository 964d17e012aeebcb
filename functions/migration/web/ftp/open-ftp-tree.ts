import type { TLSSocket } from 'node:tls';
import type { WebAccess } from '../../../case/access.ts';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { certificateFacts } from '../../certificate-facts.ts';
import { checkPort, resolveHost } from '../../resolve-host.ts';
import { Throttle } from '../../throttle.ts';
import type { NewFile, WantedFile } from '../file-tree.ts';
import { each, writeEach } from '../one-by-one.ts';
import type { WebPolicy, WebTree } from '../open-web-tree.ts';
import { RefusedError } from '../sftp/connect.ts';
import { SteadyTree } from '../steady-tree.ts';
import { certificateOf } from './certificate.ts';
import type { Control } from './control.ts';
import { Cuts } from './cuts.ts';
import { Directories } from './directories.ts';
import { FtpTree } from './ftp-tree.ts';
import { learnListing } from './learn-listing.ts';
import { type LogIn, LogInRefused, logIn } from './log-in.ts';
import { Pool } from './pool.ts';
import { untoldByFtp } from './remarks.ts';
import { isDone } from './reply.ts';
import type { Server } from './server.ts';
import { applySettings, findTraits } from './traits.ts';
import { withoutClosing } from './without-closing.ts';

const defaultConnections = 8;

/**
 * A tree over FTP, or FTPS, explicit or implicit; what a lost connection had to do is done again on another one. Throws
 * TerminalError (refused, log-in, certificate, no such directory) or TransientError (no answer).
 */
export async function openFtpTree(access: WebAccess, policy: WebPolicy): Promise<WebTree> {
  const tree = await connectFtp(access, policy);
  const lasting = withoutClosing(tree);
  const reached = async () => {
    await tree.inspect(Buffer.alloc(0));
    return lasting;
  };
  const steady = new SteadyTree(lasting, reached, policy.pauses, () => tree.canContinueFiles);
  const readMany = steady.readMany.bind(steady);
  const end = steady.close.bind(steady);
  const close = async () => {
    await Promise.all([tree.close(), end()]);
  };
  const { hostKey, certificate } = tree;
  return Object.assign(steady, {
    // Each file is a transfer of its own: one that is lost is no reason to repeat the others.
    readMany: (files: readonly WantedFile[]) => each(files, async (file) => (await readMany([file]))[0]!),
    writeMany: (files: readonly NewFile[]) => writeEach(steady, files),
    close,
    untold: untoldByFtp,
    remarks: () => tree.remarks(),
    ...(hostKey !== undefined && { hostKey }),
    ...(certificate && { certificate }),
  });
}

/** One whose operations fail with the connection that they use. */
export async function connectFtp(
  access: WebAccess,
  policy: WebPolicy,
): Promise<FtpTree & Pick<WebTree, 'certificate'>> {
  checkPort(access.port, policy.ports ?? (access.port < 1024 ? [21, 990] : undefined));
  const host = await resolveHost(access.host, policy.allowedAddresses);
  const first: LogIn = { access, host, timeout: policy.timeout ?? 30_000 };
  const { control, pin, pipelining } = await begin(first);
  const socket = control.wire.socket as TLSSocket;
  const certificate = control.wire.security && certificateFacts(socket, certificateOf(socket));
  try {
    const traits = await findTraits(control);
    await applySettings(control, traits);
    const root = await enter(control, Buffer.from(access.root).toString('latin1'));
    // What the first connection found holds for all: another certificate later on stops the work.
    const further: LogIn = { ...first, ...(pin !== undefined && { pin }) };
    const pool = new Pool(control, policy.connections ?? defaultConnections, async () => {
      const next = await logIn(further).catch(asPassing);
      next.control.pipelining = pipelining;
      await applySettings(next.control, traits);
      return next.control;
    });
    const throttle = new Throttle(policy.bytesPerSecond);
    const server: Server = { pool, traits, root, throttle, held: { bytes: 0 }, cuts: new Cuts() };
    const directories = new Directories(server);
    await learnListing(server, directories);
    const tree = new FtpTree(server, directories, namesOf(access.root, root), pin);
    return Object.assign(tree, certificate && { certificate });
  } catch (error) {
    control.close();
    throw error;
  }
}

/** Once logged in, a refusal is a restart of the server or a limit of connections, and passes. */
function asPassing(error: unknown): never {
  const passes = error instanceof RefusedError || error instanceof LogInRefused;
  throw passes ? new TransientError(error.message) : error;
}

/**
 * Logs in and finds out whether several commands may leave at once: two harmless ones do. A server, or a firewall on
 * the way, that does not answer both is logged in to again and gets one at a time.
 */
async function begin(
  first: LogIn,
): Promise<{ control: Control; pin: string | undefined; pipelining: boolean }> {
  const opened = await logIn(first);
  opened.control.pipelining = true;
  try {
    await opened.control.ask('NOOP', 'NOOP');
    return { ...opened, pipelining: true };
  } catch {
    opened.control.close();
    return { ...(await logIn(first)), pipelining: false };
  }
}

/** The directory's absolute name. */
async function enter(control: Control, root: string): Promise<string> {
  if (!/[\0\r\n]/.test(root)) {
    const [entered, here] = await control.ask(`CWD ${root}`, 'PWD');
    const name = /^257 "((?:[^"]|"")*)"/.exec(here.text)?.[1]?.replaceAll('""', '"');
    if (isDone(entered) && name?.startsWith('/')) return name.length > 1 ? name.replace(/\/+$/, '') : name;
  }
  throw new TerminalError(
    '指定のフォルダがサーバーにないか、開けません。何も変更していません。フォルダの指定をご確認ください。',
  );
}

function namesOf(typed: string, real: string): Buffer[] {
  const names = [Buffer.from(real, 'latin1')];
  if (typed.startsWith('/')) names.push(Buffer.from(typed.length > 1 ? typed.replace(/\/+$/, '') : typed));
  return names;
}
