import { isOwner, withoutLiterals } from '../postgresql/policy.ts';
import type { LeftOut } from './left-out.ts';

/** What of the statements that are passed over is told; the rest is the frame of every dump, as SET and BEGIN. */
const told: readonly [RegExp, LeftOut['todo']][] = [
  [/^(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|(CREATE|ALTER|DROP) (ROLE|USER|GROUP))\b/i, 'rights'],
  [/^ALTER DATABASE\b/i, 'settings'],
  [/^COMMENT ON (DATABASE|EXTENSION)\b/i, 'description'],
  [
    /^(CREATE EVENT TRIGGER|(CREATE|ALTER) (PUBLICATION|SUBSCRIPTION)|SECURITY LABEL|CREATE( OR REPLACE)?( TRUSTED)?( PROCEDURAL)? LANGUAGE)\b/i,
    'beyond',
  ],
];

/** Of a statement that is not run; undefined for the frame. */
export function leftOutOf(statement: string): LeftOut | undefined {
  const plain = withoutLiterals(statement.slice(0, 4096), "'…'").replaceAll(/\s+/g, ' ');
  if (isOwner(statement)) return { words: 'OWNER TO', todo: 'owner', shown: plain };
  for (const [pattern, todo] of told) {
    const [words] = pattern.exec(plain) ?? [];
    if (words !== undefined) return { words: words.toUpperCase(), todo, shown: plain };
  }
  return undefined;
}
