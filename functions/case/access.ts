import * as z from 'zod';

/**
 * How to reach one end of a web migration. Kept in the vault, one JSON under `source-web` / `target-web`;
 * never in the case, in workflow state or in an error.
 */
export const webAccess = z.object({
  /** `ftps` is explicit (AUTH TLS); `ftp` sends the password and all data in clear. */
  protocol: z.enum(['sftp', 'ftp', 'ftps', 'ftps-implicit']),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65535),
  user: z.string().min(1).max(128),
  password: z.string().max(1024).optional(),
  /** OpenSSH or PEM. */
  privateKey: z.string().max(16_384).optional(),
  passphrase: z.string().max(1024).optional(),
  /** Directory whose content moves (source) or receives it (target); absolute, or relative to the log-in. */
  root: z.string().min(1).max(1024),
  /**
   * `SHA256:…` as OpenSSH prints it, of the SSH host key or of the FTPS certificate; `verified` for a certificate that a
   * public authority vouches for. Pinned at the first contact; anything else stops the work.
   */
  hostKey: z.union([z.literal('verified'), z.string().startsWith('SHA256:')]).optional(),
  /** Allowed by the engineer for an old server: algorithms that are broken or nearly so, beside those that are not. */
  legacyAlgorithms: z.boolean().optional(),
});
export type WebAccess = z.infer<typeof webAccess>;

export type WebProtocol = WebAccess['protocol'];

/** Where no port is given. */
export const usualPorts: Readonly<Record<WebProtocol, number>> = {
  sftp: 22,
  ftp: 21,
  ftps: 21,
  'ftps-implicit': 990,
};

/** The two servers of a migration. */
export type WebEnd = 'source' | 'target';
