import type { MailAccess } from './mail-access.ts';

/** What a mailbox server takes for more than a name is in none of them: its separators, wildcards, paths. */
const name = /^[\p{L}\p{N}.!#$&'+=?^_`{|}~-]{1,128}$/u;

/**
 * Whether an account at the target is one that staff agreed on: `targets` holds domains and whole accounts. An administrator's
 * log-in, or a command that makes accounts, reaches every customer's mailbox of that server, and the list is the customer's.
 */
export function isAgreedTarget({ targets }: Pick<MailAccess, 'targets'>, account: string): boolean {
  const wanted = account.toLowerCase();
  const at = wanted.indexOf('@');
  return targets.some((target) => {
    const agreed = target.toLowerCase();
    return wanted === agreed || (at > 0 && name.test(wanted.slice(0, at)) && wanted.slice(at + 1) === agreed);
  });
}
