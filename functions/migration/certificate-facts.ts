import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { CertificateFacts } from '../case/connection-check.ts';

const longest = 200;

/** What the server's certificate says, bounded: anybody can write anything into one. */
export function certificateFacts(socket: TLSSocket, fingerprint: string): CertificateFacts {
  const { subject, issuer, valid_from, valid_to } = socket.getPeerCertificate();
  return {
    fingerprint,
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    validFrom: momentOf(valid_from),
    validTo: momentOf(valid_to),
    verified: socket.authorized,
  };
}

function nameOf(holder: PeerCertificate['subject'] | undefined): string {
  const parts = [holder?.O, holder?.CN].flat().filter((part) => typeof part === 'string' && part !== '');
  return [...new Set(parts)].join('、').slice(0, longest);
}

/** Empty where it is no date. */
function momentOf(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
