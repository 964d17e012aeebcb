import type { Value } from './values.ts';

/** Extensions that IMAP4rev2 holds, of those that are asked for here (RFC 9051, appendix E). */
const inRev2 = ['LIST-EXTENDED', 'LIST-STATUS', 'LITERAL-', 'NAMESPACE', 'SASL-IR', 'UIDPLUS'];

/** Names in upper case: `LITERAL+`, `MULTIAPPEND`, `AUTH=PLAIN`. */
export function capabilitiesOf(values: readonly Value[]): ReadonlySet<string> {
  const names = values.filter((value) => typeof value === 'string').map((value) => value.toUpperCase());
  return new Set(names.includes('IMAP4REV2') ? [...names, ...inRev2] : names);
}
