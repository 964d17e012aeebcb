import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint } from '../../../functions/migration/web/sftp/connect.ts';

export interface TestCertificate {
  key: string;
  certificate: string;
  /** As it is pinned. */
  fingerprint: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** A certificate that nobody vouches for. */
export function selfSigned(name = 'ftp.example.jp'): TestCertificate {
  return inFolder((file) => {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      file('key'),
      '-out',
      file('certificate'),
      '-subj',
      `/CN=${name}`,
    );
    return read(file);
  });
}

/** A certificate for `localhost` of an authority, and that authority's own. */
export function signed(): TestCertificate & { authority: string } {
  return inFolder((file) => {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      file('ca-key'),
      '-out',
      file('ca'),
      '-subj',
      '/CN=test authority',
    );
    openssl('req', ...newKey, '-keyout', file('key'), '-out', file('request'), '-subj', '/CN=localhost');
    writeFileSync(file('extensions'), 'subjectAltName=DNS:localhost\n');
    openssl(
      ...['x509', '-req', '-in', file('request'), '-CA', file('ca'), '-CAkey', file('ca-key')],
      ...['-CAcreateserial', '-days', '2', '-extfile', file('extensions'), '-out', file('certificate')],
    );
    return { ...read(file), authority: readFileSync(file('ca'), 'utf8') };
  });
}

function read(file: (name: string) => string): TestCertificate {
  const certificate = readFileSync(file('certificate'), 'utf8');
  return {
    key: readFileSync(file('key'), 'utf8'),
    certificate,
    fingerprint: fingerprint(new X509Certificate(certificate).raw),
  };
}

function openssl(...line: string[]): void {
  execFileSync('openssl', line, { stdio: 'ignore' });
}

function inFolder<T>(work: (file: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    return work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
