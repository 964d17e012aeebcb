import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Case, HistoryEntry } from '../../functions/case/case.ts';
import type { BusinessEvent } from '../../functions/case/ports.ts';
import type { Mailbox, ReceivedMail } from '../../local/ports/mailer.ts';

/**
 * What stands in the product's database, seen from outside. Opened read-only for one look: nobody holds it when the
 * product is killed, so that a start has to put in order by itself what the last life left.
 */
export class DatabaseLook {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'hikkoshi.db');
  }

  rows(sql: string, ...values: (string | number)[]): Record<string, unknown>[] {
    const database = new DatabaseSync(this.#path, { readOnly: true, timeout: 60_000 });
    try {
      return database
        .prepare(sql)
        .all(...values)
        .map((row) => ({ ...row }));
    } finally {
      database.close();
    }
  }

  load(reference: string): Case {
    const [row] = this.rows('SELECT data FROM cases WHERE id = ?', reference);
    return JSON.parse(String(row?.data)) as Case;
  }

  history(reference: string): HistoryEntry[] {
    return this.rows('SELECT data FROM history WHERE case_id = ? ORDER BY number', reference).map(
      ({ data }) => JSON.parse(String(data)) as HistoryEntry,
    );
  }

  /** As they were published, with the number of times. */
  events(): { event: BusinessEvent; times: number }[] {
    return this.rows('SELECT data, times_published FROM events ORDER BY position').map((row) => ({
      event: JSON.parse(String(row.data)) as BusinessEvent,
      times: Number(row.times_published),
    }));
  }

  /** The mailbox, for reading only. */
  get mailbox(): Mailbox {
    const columns = `id, message_id AS messageId, recipient AS "to", subject, text, received_at AS receivedAt,
                     times_sent AS timesSent`;
    return {
      send: () => Promise.reject(new Error('for reading only')),
      listMails: ({ limit = 100 } = {}) =>
        this.rows(`SELECT ${columns} FROM mails ORDER BY id DESC LIMIT ?`, limit).map(
          (row) => ({ ...row, attachments: 0 }) as unknown as ReturnType<Mailbox['listMails']>[number],
        ),
      readMail: (id) =>
        this.rows(`SELECT ${columns} FROM mails WHERE id = ?`, id)[0] as unknown as ReceivedMail | undefined,
    };
  }
}

/** Paths of all files below a folder, relative to it; none for a folder that is not there (any more). */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
