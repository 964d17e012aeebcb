import type { Delivered } from './deliver.ts';
import type { Body } from './imap/writer.ts';
import { type InternetDate, parseInternetDate, withoutComments } from './internet-date.ts';
import { targetDate } from './target-flags.ts';

/** What stands for a date that the source does not tell; without `date` the target takes the moment of the move. */
export interface Dated {
  /** As INTERNALDATE. */
  date?: string;
  /** For the ledger. */
  how: string;
}

const day = 86_400;
/** Headers beyond this are not looked at. Bytes. */
const longestHeader = 65_536;
const longestField = 4000;

/**
 * POP3 knows no date of arrival: it is taken from the message's topmost Received field, else from Date. One that lies more
 * than a day after `since` (seconds, of the plan: the same for each attempt) or before 1970 is none.
 */
export async function dated<M extends Delivered>(message: M, since: number): Promise<M> {
  const { line, body } = message;
  if (targetDate(line.date)) return message;
  const fields = await fieldsOf(body);
  for (const name of ['Received', 'Date']) {
    const date = dateIn(name, fields.get(name.toLowerCase()));
    if (!date || date.seconds < 0 || date.seconds > since + day) continue;
    const text = internalDate(date);
    const how = `移行元に使える受信日時の記録がないため、${name}ヘッダーの日時を受信日時にしました`;
    return { ...message, line: { ...line, date: text }, dated: { date: text, how } };
  }
  const how =
    '移行元に使える受信日時の記録がなく、ヘッダーからも読み取れないため、受信日時は移行した時刻です';
  return { ...message, dated: { how } };
}

/** The value of the first field of each name, in lower case, unfolded; what is no field ends the header. */
async function fieldsOf(body: Body): Promise<ReadonlyMap<string, string>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body instanceof Uint8Array ? [body] : body.pieces()) {
    pieces.push(piece.subarray(0, longestHeader - bytes));
    bytes += pieces.at(-1)!.length;
    if (bytes >= longestHeader) break;
  }
  const fields = new Map<string, string>();
  const header = Buffer.concat(pieces).toString('latin1');
  for (const field of header.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const [, name, value = ''] = /^([!-9;-~]{1,200})[ \t]*:(.*)$/s.exec(field) ?? [];
    if (name === undefined) break;
    if (!fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value);
  }
  return fields;
}

/** In Received the date stands behind the last semicolon (RFC 5321, 4.4). */
function dateIn(name: string, value = '') {
  const text = value.length > longestField ? '' : withoutComments(value);
  return parseInternetDate(name === 'Received' ? (text.split(';').at(-1) ?? '') : text);
}

function internalDate({ seconds, zone }: InternetDate): string {
  const local = new Date((seconds + 60 * zone) * 1000).toUTCString();
  const east = Math.abs(zone);
  const hhmm = [Math.floor(east / 60), east % 60].map((part) => String(part).padStart(2, '0')).join('');
  return `${local.slice(5, 16).replaceAll(' ', '-')}${local.slice(16, 25)} ${zone < 0 ? '-' : '+'}${hhmm}`;
}
