import type { MailServer } from '../../case/mail-access.ts';
import type { Vault } from '../../case/ports.ts';
import { HostKeyChangedError } from '../host-key-changed.ts';
import type { Patience } from './imap/byte-reader.ts';
import { type Dial, openConnection } from './imap/open-connection.ts';
import type { SeenCertificate } from './imap/start-tls.ts';
import { openPop3 } from './pop3/open-pop3.ts';

/** Stands for a certificate that a public authority vouches for: it may be renewed, the next one is checked as well. */
const verified = 'verified';

/**
 * The server with the certificate of its first contact, which is kept under `name` in the vault: from then on another one
 * stops the work. Throws TransientError or TerminalError; no password is sent.
 */
export async function pinned(
  { vault, caseId, name }: { vault: Vault; caseId: string; name: string },
  server: MailServer,
  dial: Dial,
  patience: Patience,
): Promise<MailServer> {
  if (server.security === 'plain') return server;
  let known = await vault.get(caseId, name);
  if (known === undefined) {
    known = examined(await certificateOf(server, dial, patience), undefined);
    await vault.put(caseId, name, known);
  }
  return withPin(server, known);
}

/** What is pinned once this certificate has been looked at. Throws HostKeyChangedError when it is not what was. */
export function examined(seen: SeenCertificate, pinned: string | undefined): string {
  const pin = seen.verified ? verified : seen.fingerprint;
  if (pinned === undefined || pinned === pin) return pin;
  if (pinned === seen.fingerprint) return pinned;
  throw new HostKeyChangedError('証明書', pinned, seen.fingerprint);
}

/** The server with what is pinned, to be reached as that one only. */
export function withPin(server: MailServer, pin: string): MailServer {
  return pin === verified ? server : { ...server, certificate: pin };
}

/** Connects as far as the certificate and leaves. */
export async function certificateOf(
  server: MailServer,
  dial: Dial,
  patience: Patience,
): Promise<SeenCertificate> {
  let seen: SeenCertificate | undefined;
  const onCertificate = (certificate: SeenCertificate) => {
    seen = certificate;
    throw new Error('seen');
  };
  const open = server.protocol === 'pop3' ? openPop3 : openConnection;
  try {
    await open({ ...server, onCertificate }, { user: '', password: '' }, dial, patience);
  } catch (error) {
    if (!seen) throw error;
  }
  return seen!;
}
