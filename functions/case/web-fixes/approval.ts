import * as z from 'zod';
import { scanRequest } from './request.ts';
import { fixRuleNames } from './rules.ts';

const named = z.object({ path: z.string().optional(), pathBase64: z.string().optional() });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What an engineer has approved, or taken back, with one button: an object in the records, of facts alone. The fix is made
 * again from the file when it moves; `after` proves that it is the one that was shown.
 */
export const approval = z.object({
  scan: z.int().min(1),
  by: z.string(),
  at: z.iso.datetime(),
  /** What was written instead of what: as the scan was asked. */
  request: scanRequest,
  files: z
    .array(
      named.extend({
        rules: z.array(z.enum(fixRuleNames)).min(1),
        /** Of the content as it was shown. */
        sha256,
        /** Of the content with the fixes in it, a new password hidden as on the page. */
        after: sha256,
      }),
    )
    .max(100),
  /** Approved before, and no more. */
  withdrawn: z.array(named).max(100),
});
export type Approval = z.infer<typeof approval>;
export type ApprovedFile = Approval['files'][number];
export type NamedFile = z.infer<typeof named>;
