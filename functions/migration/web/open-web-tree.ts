import type { WebAccess, WebProtocol } from '../../case/access.ts';
import type { CertificateFacts } from '../../case/connection-check.ts';
import type { FileTree } from './file-tree.ts';
import { openFtpTree } from './ftp/open-ftp-tree.ts';
import { openSshTree } from './ssh/open-ssh-tree.ts';

/** What a connection to a customer's server may do; what is not given has a default. */
export interface WebPolicy {
  /** settings.allowedAddresses */
  allowedAddresses: readonly string[];
  /** Without: the protocol's own (22; 21 and 990 for FTP), and any port from 1024. */
  ports?: readonly number[];
  /** Cap on reading; without: none. */
  bytesPerSecond?: number;
  /** Milliseconds without an answer after which a connection is given up; 30,000. */
  timeout?: number;
  /** Milliseconds before each new connection after a loss; how many losses in a row are borne: see steady-tree.ts. */
  pauses?: readonly number[];
  /** Most control connections at once, for FTP: each moves one file at a time; 8. */
  connections?: number;
}

/** A tree, and what its server showed at the first contact. */
export interface WebTree extends FileTree {
  /** The server's key or certificate, to be pinned; plain FTP has none. */
  readonly hostKey?: string;
  readonly certificate?: CertificateFacts;
  /** Whether a shell answers over SSH. Throws when the connection is lost. */
  hasShell?(): Promise<boolean>;
  /** What staff should know of the server. */
  remarks?(): string[];
  /** In place of close(), where it may serve the next step: see standing-trees.ts. */
  release?(): void;
}

const openers: Readonly<Record<WebProtocol, (access: WebAccess, policy: WebPolicy) => Promise<WebTree>>> = {
  sftp: openSshTree,
  ftp: openFtpTree,
  ftps: openFtpTree,
  'ftps-implicit': openFtpTree,
};

/**
 * Resolves, connects and logs in; a connection that is lost later is made anew, at the same address and with the same
 * host key. Throws TerminalError (refused, log-in, host key, no such directory) or TransientError (no answer).
 */
export function openWebTree(access: WebAccess, policy: WebPolicy): Promise<WebTree> {
  return openers[access.protocol](access, policy);
}
