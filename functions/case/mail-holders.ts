import * as z from 'zod';
import type { Case } from './case.ts';
import { standingSubmission } from './confided.ts';
import type { Decision } from './decision.ts';
import { linkHash } from './link-token.ts';
import type { Random } from './ports.ts';

/** Who uses a mailbox and gives its password by a link of their own, so that nobody else learns it. */
const mailHolder = z.object({
  user: z.string(),
  /** SHA-256 of the tokens of their links, hex; the tokens themselves are kept nowhere. */
  links: z.array(z.string()).default([]),
  answeredAt: z.string().optional(),
  /** What the name of the password in the vault ends with. */
  confided: z.string().optional(),
});
export type MailHolder = z.infer<typeof mailHolder>;

/** For so long after the list was handed in their links work. */
export const holderDays = 30;

/** Of one holder; each showing of the links makes new ones, and those before stay good. */
const mostLinks = 5;

/** In the order of the accounts; empty where nobody is asked, or what they gave is erased. */
export function holdersOf(c: Pick<Case, 'forms' | 'erasures'>): MailHolder[] {
  const form = standingSubmission(c, 'source-access');
  if (!form?.value.mailHolders) return [];
  return z.array(mailHolder).parse(form.value.mailHolders);
}

/** The account that a link is for, while it may be used. */
export function holderOfLink(c: Case, sha256: string, now: Date): number | undefined {
  const handedIn = Date.parse(c.forms['source-access']?.at ?? '');
  if (!(now.getTime() - handedIn < holderDays * 86_400_000)) return undefined;
  const found = holdersOf(c).findIndex(({ links }) => links.includes(sha256));
  return found < 0 ? undefined : found;
}

/** Adds a link for each holder who has not answered, and returns their tokens: they are shown now or never. */
export function addHolderLinks(decision: Decision, random: Random): { user: string; token: string }[] {
  const holders = holdersOf(decision.case);
  if (holders.length === 0) return [];
  const shown: { user: string; token: string }[] = [];
  const linked = holders.map((holder) => {
    if (holder.answeredAt) return holder;
    const token = Buffer.from(random.bytes(32)).toString('base64url');
    shown.push({ user: holder.user, token });
    return { ...holder, links: [...holder.links, linkHash(token)].slice(-mostLinks) };
  });
  keep(decision, linked);
  decision.note('mailbox-links-shown');
  return shown;
}

/** The password is in the vault; it counts once. False when it was given before, or the link is not good any more. */
export function takeHolderPassword(decision: Decision, sha256: string, confided: string): boolean {
  const index = holderOfLink(decision.case, sha256, new Date(decision.at));
  const holders = holdersOf(decision.case);
  if (index === undefined || holders[index]?.answeredAt) return false;
  holders[index] = { ...holders[index]!, answeredAt: decision.at, confided };
  keep(decision, holders);
  decision.note('mailbox-password-given', { account: index + 1 });
  return true;
}

function keep({ case: c }: Decision, holders: MailHolder[]): void {
  c.forms['source-access']!.value.mailHolders = holders;
}
