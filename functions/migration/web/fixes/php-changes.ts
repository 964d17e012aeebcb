import * as z from 'zod';
import data from './php-changes.json' with { type: 'json' };

const change = z.object({
  /** `prefix`: every function that begins so. */
  kind: z.enum(['function', 'prefix', 'variable', 'setting', 'class', 'syntax']),
  names: z.array(z.string()).min(1),
  /** The first version without it. */
  removed: z.string().optional(),
  deprecated: z.string().optional(),
  /** What to use instead, for a person. */
  instead: z.string().optional(),
  /** The page of the manual that says so. */
  source: z.url(),
});
type Change = z.infer<typeof change>;

const { changes } = z.object({ version: z.string(), changes: z.array(change) }).parse(data);

const byName = new Map<string, Change>(
  changes.flatMap((one) => one.names.map((name) => [`${one.kind} ${name.toLowerCase()}`, one] as const)),
);
const prefixes = changes.filter(({ kind }) => kind === 'prefix').flatMap(({ names }) => names);

export interface PhpVersions {
  /** Of the source; without it every removal up to the target counts. */
  from?: string | undefined;
  to: string;
}

/**
 * What becomes of a thing between the two versions: `removed`, `deprecated`, or undefined for nothing new. What the
 * source's own PHP lacks already is code that nobody runs.
 */
export function changeOf(
  kind: Exclude<Change['kind'], 'prefix'>,
  name: string,
  { from = '0.0', to }: PhpVersions,
): { change: 'removed' | 'deprecated'; since: string; instead: string } | undefined {
  const found = find(kind, name.toLowerCase());
  if (!found) return undefined;
  const instead = found.instead ?? '';
  const between = (since: string) => number(from) < number(since) && number(since) <= number(to);
  if (found.removed && between(found.removed)) return { change: 'removed', since: found.removed, instead };
  if (found.removed && number(found.removed) <= number(to)) return undefined;
  if (found.deprecated && between(found.deprecated))
    return { change: 'deprecated', since: found.deprecated, instead };
  return undefined;
}

function find(kind: Change['kind'], name: string): Change | undefined {
  const exact = byName.get(`${kind} ${name}`);
  if (exact || kind !== 'function') return exact;
  const prefix = prefixes.find((one) => name.startsWith(one));
  return prefix === undefined ? undefined : byName.get(`prefix ${prefix}`);
}

/** `7.4` -> 7004. */
function number(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}
