import type { ImapConnection } from './connection.ts';
import { flagList } from './select.ts';
import { listOf, numberOf, textOf, type Value } from './values.ts';

/** What the server says of a message without reading it. */
export interface Listed {
  uid: number;
  /** Bytes, as the server counts them. */
  size: number;
  /** INTERNALDATE: `17-Jul-1996 02:44:25 -0700`; '' when the server gave none. */
  date: string;
  /** Without \Recent, in the server's order. */
  flags: string[];
}

export const everything = '(UID FLAGS INTERNALDATE RFC822.SIZE)';

/**
 * Lists messages by sequence numbers or UIDs, as they come: `take` is awaited before more is read. What is repeated or
 * comes unasked may be given twice; what has no UID is not given.
 */
export async function fetchList(
  connection: ImapConnection,
  command: 'FETCH' | 'UID FETCH',
  set: string,
  items: string,
  take: (message: Listed, sequence: number) => void | Promise<void>,
): Promise<void> {
  await connection.run(command, [` ${set} ${items}`], {
    data: ({ name, number, values }) => {
      if (name !== 'FETCH') return;
      const items = itemsOf(values);
      const uid = numberOf(items.get('UID'));
      if (uid === undefined || uid < 1) return;
      return take(
        {
          uid,
          size: numberOf(items.get('RFC822.SIZE')) ?? 0,
          date: internalDate(textOf(items.get('INTERNALDATE'))),
          flags: flagList(items.get('FLAGS')).filter((flag) => !/^\\recent$/i.test(flag)),
        },
        number ?? 0,
      );
    },
    most: 50_000_000,
  });
}

/** Old servers write the month in capitals. */
function internalDate(text = ''): string {
  return text.trim().replace(/-([a-z])([a-z]{2})-/i, (_, first: string, rest: string) => {
    return `-${first.toUpperCase()}${rest.toLowerCase()}-`;
  });
}

/** FETCH's pairs by name; `BODY[]<0>` becomes `BODY[]`. */
export function itemsOf(values: readonly Value[]): Map<string, Value> {
  const items = new Map<string, Value>();
  const pairs = listOf(values[0]);
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const name = textOf(pairs[at])?.toUpperCase() ?? '';
    items.set(name.replace(/<\d+>$/, ''), pairs[at + 1] ?? null);
  }
  return items;
}
