import type { Connection } from 'mysql2';
import { rowsOf } from './query.ts';

/** What a server knows: collation -> its character set, and the default of each character set. */
export interface Collations {
  known: Map<string, string>;
  defaults: Map<string, string>;
}

const unicodeSets = ['utf8mb3', 'utf8mb4', 'ucs2', 'utf16', 'utf32'];

export async function readCollations(connection: Connection): Promise<Collations> {
  const known = new Map<string, string>();
  const defaults = new Map<string, string>();
  for (const row of await rowsOf(connection, 'SHOW COLLATION')) {
    const name = String(row.Collation).toLowerCase();
    const charset = row.Charset === null ? '' : String(row.Charset).toLowerCase();
    known.set(name, charset);
    // Of several sets one name is listed, without any (MariaDB 10.10, "uca1400"); tables have it with theirs.
    if (charset === '') for (const one of unicodeSets) known.set(`${one}_${name}`, one);
    if (row.Default === 'Yes') defaults.set(charset, name);
  }
  for (const row of await rowsOf(connection, 'SHOW CHARACTER SET')) {
    defaults.set(String(row.Charset).toLowerCase(), String(row['Default collation']).toLowerCase());
  }
  return { known, defaults };
}

/**
 * The stated table: what stands for a collation that the target does not know, best first. Sorting and equality then
 * differ in rare cases, so each use is an alteration in the ledger. Sources: MySQL 8.0 manual, "Unicode Character Sets"
 * (0900 is UCA 9.0.0, NO PAD); MariaDB, "Supported Character Sets and Collations" (uca1400 from 10.10).
 */
const stated: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^utf8mb4_0900_bin$/, ['utf8mb4_nopad_bin', 'utf8mb4_bin']],
  [/^utf8mb4_(?:[a-z_]+_)?0900_as_cs(?:_ks)?$/, ['utf8mb4_uca1400_nopad_as_cs', 'utf8mb4_bin']],
  [/^utf8mb4_(?:[a-z_]+_)?0900_as_ci$/, ['utf8mb4_uca1400_nopad_as_ci', 'utf8mb4_general_ci']],
  [
    /^utf8mb4_(?:[a-z_]+_)?0900_ai_ci$/,
    [
      'utf8mb4_uca1400_nopad_ai_ci',
      'utf8mb4_unicode_520_nopad_ci',
      'utf8mb4_unicode_520_ci',
      'utf8mb4_unicode_ci',
    ],
  ],
  [/^utf8mb4_uca1400_(?:nopad_)?as_cs$/, ['utf8mb4_0900_as_cs', 'utf8mb4_bin']],
  [/^utf8mb4_uca1400_(?:nopad_)?as_ci$/, ['utf8mb4_0900_as_ci', 'utf8mb4_general_ci']],
  [
    /^utf8mb4_uca1400_(?:nopad_)?ai_ci$/,
    ['utf8mb4_0900_ai_ci', 'utf8mb4_unicode_520_ci', 'utf8mb4_unicode_ci'],
  ],
  [/^utf8mb3_uca1400_.*_ci$/, ['utf8mb3_unicode_ci', 'utf8_unicode_ci']],
  [/^gb18030_.*_ci$/, ['utf8mb4_unicode_520_ci', 'utf8mb4_unicode_ci']],
];

/** The same collation under the other name that a version has for it (`utf8` became `utf8mb3`): no alteration. */
const otherName: readonly (readonly [RegExp, string])[] = [
  [/^utf8mb3_/, 'utf8_'],
  [/^utf8_/, 'utf8mb3_'],
];

/** `undefined` when nothing can stand for it. */
export function mapCollation(
  name: string,
  target: Collations,
): { name: string; altered: boolean } | undefined {
  const wanted = name.toLowerCase();
  if (target.known.has(wanted)) return { name: wanted, altered: false };
  for (const [pattern, prefix] of otherName) {
    const other = wanted.replace(pattern, prefix);
    if (other !== wanted && target.known.has(other)) return { name: other, altered: false };
  }
  for (const [pattern, candidates] of stated) {
    if (!pattern.test(wanted)) continue;
    const found = candidates.find((candidate) => target.known.has(candidate));
    if (found) return { name: found, altered: true };
  }
  const padded = wanted.replace('_nopad', '');
  return padded !== wanted && target.known.has(padded) ? { name: padded, altered: true } : undefined;
}

export function mapCharset(name: string, target: Collations): string {
  const wanted = name.toLowerCase();
  if (target.defaults.has(wanted)) return wanted;
  if (wanted === 'utf8mb3') return 'utf8';
  if (wanted === 'utf8') return 'utf8mb3';
  return wanted;
}
