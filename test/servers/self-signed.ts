import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SelfSigned {
  /** PEM files that any server may read. */
  certificate: string;
  key: string;
  /** SHA-256, `AA:BB:…`. */
  fingerprint: string;
  remove(): void;
}

/** A certificate that no authority vouches for, as old servers have. */
export function selfSigned(host: string): SelfSigned {
  const folder = mkdtempSync(join(tmpdir(), 'self-signed-'));
  chmodSync(folder, 0o755);
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', ...made, ...subject], { stdio: 'ignore' });
  chmodSync(key, 0o644);
  return {
    certificate,
    key,
    fingerprint: new X509Certificate(readFileSync(certificate)).fingerprint256,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
