import * as z from 'zod';
import { webAccess } from './access.ts';

/**
 * How to reach both ends of a Cybozu move (R8). Kept in the vault, one JSON under `source-cybozu` / `target-cybozu`; never
 * in the case, in workflow state or in an error. The root is what the product calls its data directory (Office 10) or
 * its installation directory (6 to 9).
 */
export const sourceCybozu = webAccess.partial({ root: true });
export type SourceCybozu = z.infer<typeof sourceCybozu>;

const number = z.int().min(0).max(4_294_967_294);

/** Only SFTP can give files to the user that the product runs as. */
export const targetCybozu = webAccess.extend({
  protocol: z.literal('sftp'),
  /** Numbers on the target's server; without: those of what is installed there. */
  owner: z.object({ user: number, group: number }).optional(),
  /** As the survey found it: instead of what the customer gave, who need not know. */
  sourceRoot: webAccess.shape.root.optional(),
});
export type TargetCybozu = z.infer<typeof targetCybozu>;

/** `10.8.5`, as the product's own page shows it. */
export const versionText = /^\d{1,2}(?:\.\d{1,3}){1,3}$/;

export const cybozuEditions = {
  standard: 'スタンダードコース',
  premium: 'プレミアムコース',
  none: 'コースなし（Office 9 以前）',
} as const;

const edition = z.enum(['standard', 'premium', 'none']);

/** What the engineer saw at both ends and confirmed: facts of the case, in the value of `migration-details`. */
export const cybozuFacts = z.object({
  cybozuSourceVersion: z.string().regex(versionText),
  cybozuSourceEdition: edition,
  cybozuTargetVersion: z.string().regex(versionText),
  cybozuTargetEdition: edition,
  cybozuManaged: z.literal(true),
  cybozuSourceStopped: z.literal(true),
  cybozuTargetStopped: z.literal(true),
});
export type CybozuFacts = z.infer<typeof cybozuFacts>;
