import { splitCybozuAccess } from './cybozu-secrets.ts';
import { splitDatabaseAccess } from './database-secrets.ts';
import { splitMailAccess } from './mail-secrets.ts';
import type { Split } from './split.ts';
import { splitWebAccess } from './web-secrets.ts';

/** Of each plan: takes its credentials out of the facts and gives the texts for the vault by name. */
const splitters: readonly ((facts: Record<string, unknown>) => Split)[] = [
  splitCybozuAccess,
  splitDatabaseAccess,
  splitMailAccess,
  splitWebAccess,
  splitOtherAccess,
];

/**
 * Takes the credentials out of the value of `source-access` or `migration-details`: what stays are facts for the case.
 * Other values pass unchanged.
 */
export function splitSecrets(value: Record<string, unknown>): Split {
  let facts = value;
  const secrets: Record<string, string> = {};
  for (const split of splitters) {
    const parted = split(facts);
    facts = parted.facts;
    Object.assign(secrets, parted.secrets);
  }
  return { facts, secrets };
}

/** Free text about what no engine moves: `source-other`. */
function splitOtherAccess({ otherAccess, ...facts }: Record<string, unknown>): Split {
  return { facts, secrets: typeof otherAccess === 'string' ? { 'source-other': otherAccess } : {} };
}
