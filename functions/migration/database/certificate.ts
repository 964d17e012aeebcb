import type { DatabaseServer } from '../../case/database-access.ts';
import { HostKeyChangedError } from '../host-key-changed.ts';

/** Another certificate than the one that was pinned stops the work. Throws HostKeyChangedError. */
export function checkCertificate({ certificate, tls }: DatabaseServer, seen: string | undefined): void {
  if (certificate === undefined || tls === 'none' || seen === certificate) return;
  throw new HostKeyChangedError('証明書', certificate, seen ?? 'なし');
}
