import type { Value } from './values.ts';

/** Names in upper case: `LITERAL+`, `MULTIAPPEND`, `AUTH=PLAIN`. */
export function capabilitiesOf(values: readonly Value[]): ReadonlySet<string> {
  return new Set(values.filter((value) => typeof value === 'string').map((value) => value.toUpperCase()));
}
