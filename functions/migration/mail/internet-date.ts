/** An instant and the zone in which it was written. */
export interface InternetDate {
  /** Since 1970. */
  seconds: number;
  /** Minutes east of Greenwich. */
  zone: number;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** RFC 5322, 4.3, in hours; JST is Japan's own. Every other name stands for UTC there. */
const zones = new Map(
  Object.entries({ edt: -4, est: -5, cdt: -5, cst: -6, mdt: -6, mst: -7, pdt: -7, pst: -8, jst: 9 }),
);

const form =
  /^(?:([a-z]{3})\s*,\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{2,4})\s+(\d\d)\s*:\s*(\d\d)(?:\s*:\s*(\d\d))?\s+([+-]\d{4}|[a-z]{1,5})$/;

/** More than this is no date. */
const longest = 1000;

/** The date-time of RFC 5322 (3.3, with the obsolete forms of 4.3); undefined for whatever is none. */
export function parseInternetDate(text: string): InternetDate | undefined {
  if (text.length > longest) return undefined;
  const parsed = form.exec(withoutComments(text).trim().toLowerCase());
  if (!parsed) return undefined;
  const [, weekday, day, month, year = '', hour, minute, second = '0', zoneText = ''] = parsed;
  const date = [fullYear(year), months.indexOf(month!), Number(day)] as const;
  const midnight = new Date(Date.UTC(...date));
  // The 31st of June would be the 1st of July.
  if (date[1] < 0 || midnight.getUTCMonth() !== date[1] || midnight.getUTCDate() !== date[2])
    return undefined;
  if (weekday !== undefined && weekdays[midnight.getUTCDay()] !== weekday) return undefined;
  const zone = zoneOf(zoneText);
  // 60 is a leap second.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || zone === undefined) return undefined;
  const time = (Number(hour) * 60 + Number(minute) - zone) * 60 + Number(second);
  return { seconds: midnight.getTime() / 1000 + time, zone };
}

/** Of two and three digits as RFC 5322, 4.3 reads them. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

/** No place on Earth is more than 14 hours from UTC. */
function zoneOf(text: string): number | undefined {
  if (/^[a-z]/.test(text)) return 60 * (zones.get(text) ?? 0);
  const minutes = 60 * Number(text.slice(1, 3)) + Number(text.slice(3));
  if (minutes > 14 * 60 || Number(text.slice(3)) > 59) return undefined;
  return text.startsWith('-') ? -minutes || 0 : minutes;
}

/** Comments lie within each other; in one a backslash takes the next character's meaning. Each becomes a space. */
export function withoutComments(text: string): string {
  let depth = 0;
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (depth > 0 && character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')' && depth > 0 && --depth === 0) plain += ' ';
    else if (depth === 0) plain += character;
  }
  return plain;
}
