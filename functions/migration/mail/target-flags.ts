import { secondsOf } from './lines.ts';

/** Atoms that a flag may be made of (RFC 3501, 9): what comes from a server goes to another one unquoted. */
const atom = /^\\?[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]{1,200}$/;

const system = ['\\answered', '\\flagged', '\\deleted', '\\seen', '\\draft'];

/** The flags that the target can keep, and how the message differs there when that is not all of them. */
export function targetFlags(
  flags: readonly string[],
  permanent: readonly string[] | undefined,
): { kept: string[]; how?: string } {
  const allowed = permanent?.map((flag) => flag.toLowerCase());
  const anyKeyword = allowed === undefined || allowed.length === 0 || allowed.includes('\\*');
  const kept: string[] = [];
  const lost: string[] = [];
  for (const flag of flags) {
    const lower = flag.toLowerCase();
    const fits = flag.startsWith('\\') ? system.includes(lower) : anyKeyword || allowed.includes(lower);
    (fits && atom.test(flag) ? kept : lost).push(flag);
  }
  return lost.length === 0 ? { kept } : { kept, how: `移行先で使えない印: ${lost.join(' ')}` };
}

/** Dovecot 2.3 keeps no moment in or behind January 2038. */
const lastSecond = Date.UTC(2038, 0) / 1000;

/**
 * INTERNALDATE as APPEND takes it; '' for one that no server would take: no day of the calendar, before 1970, or from 2038 on,
 * where servers like Dovecot store the moment of arrival in its place.
 */
export function targetDate(date: string | undefined): string {
  const [, day = '', rest = '', month, year] =
    /^\s?(\d{1,2})(-([A-Z][a-z]{2})-(\d{4}) \d\d:\d\d:\d\d [+-]\d{4})$/.exec(date ?? '') ?? [];
  const seconds = secondsOf(date) ?? -1;
  if (seconds < 0 || seconds >= lastSecond) return '';
  // A day too many of February is one of March to whoever counts on.
  if (new Date(`${day} ${month} ${year} UTC`).getUTCDate() !== Number(day)) return '';
  return day.padStart(2, ' ') + rest;
}
