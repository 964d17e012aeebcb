import { z } from 'zod';

/**
 * How to reach one end of a web migration. Kept in the vault, one JSON under `source-web` / `target-web`;
 * never in the case, in workflow state or in an error.
 */
export const webAccess = z.object({
  protocol: z.literal('sftp'),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65535),
  user: z.string().min(1).max(128),
  password: z.string().max(1024).optional(),
  /** OpenSSH or PEM. */
  privateKey: z.string().max(16_384).optional(),
  passphrase: z.string().max(1024).optional(),
  /** Directory whose content moves (source) or receives it (target); absolute, or relative to the log-in. */
  root: z.string().min(1).max(1024),
  /** `SHA256:…` as OpenSSH prints it, pinned at the first contact; another key stops the work. */
  hostKey: z.string().startsWith('SHA256:').optional(),
});
export type WebAccess = z.infer<typeof webAccess>;
