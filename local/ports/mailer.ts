import type { DatabaseSync } from 'node:sqlite';
import { bracketed, checkMail } from '../../functions/case/outgoing-mail.ts';
import type { Clock, Mail, Mailer } from '../../functions/case/ports.ts';
import { inTransaction } from './database.ts';

export interface ReceivedMail extends Mail {
  /** Counts from 1. */
  id: number;
  receivedAt: string;
  /** 1, or more after a crash between sending and noting that it was sent. */
  timesSent: number;
}

/** Where the local product's mail goes instead of SES; a page shows it. */
export interface Mailbox extends Mailer {
  /** Latest first, without texts; of the attachments their number. */
  listMails(query?: { limit?: number; before?: number }): (Pick<
    ReceivedMail,
    'id' | 'messageId' | 'to' | 'subject' | 'receivedAt' | 'timesSent'
  > & {
    attachments: number;
  })[];
  readMail(id: number): ReceivedMail | undefined;
}

const schema = `
  CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL, html TEXT NOT NULL, received_at TEXT NOT NULL, times_sent INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE TABLE IF NOT EXISTS attachments (
    mail_id INTEGER NOT NULL REFERENCES mails, position INTEGER NOT NULL, filename TEXT NOT NULL,
    content_type TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (mail_id, position)
  ) STRICT;
`;
const head = `id, message_id AS messageId, recipient AS "to", subject, received_at AS receivedAt,
              times_sent AS timesSent`;

/** Mails in SQLite. One that comes again with the same Message-ID is kept once and counted. */
export function sqliteMailbox(database: DatabaseSync, clock: Clock): Mailbox {
  database.exec(schema);
  const again = database.prepare('UPDATE mails SET times_sent = times_sent + 1 WHERE message_id = ?');
  const add = database.prepare(
    'INSERT INTO mails (message_id, recipient, subject, text, html, received_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const attach = database.prepare('INSERT INTO attachments VALUES (?, ?, ?, ?, ?)');
  const list = database.prepare(`
    SELECT ${head}, (SELECT count(*) FROM attachments WHERE mail_id = mails.id) AS attachments
    FROM mails WHERE id < ? ORDER BY id DESC LIMIT ?`);
  const read = database.prepare(`SELECT ${head}, text, html FROM mails WHERE id = ?`);
  const attached = database.prepare(
    'SELECT filename, content_type AS contentType, content FROM attachments WHERE mail_id = ? ORDER BY position',
  );

  return {
    async send(mail) {
      checkMail(mail);
      const messageId = bracketed(mail.messageId);
      inTransaction(database, () => {
        if (again.run(messageId).changes === 1) return;
        const received = clock.now().toISOString();
        const { lastInsertRowid } = add.run(messageId, mail.to, mail.subject, mail.text, mail.html, received);
        mail.attachments.forEach(({ filename, contentType, content }, position) => {
          attach.run(lastInsertRowid, position, filename, contentType, content);
        });
      });
    },
    listMails({ limit = 100, before = Number.MAX_SAFE_INTEGER } = {}) {
      return list
        .all(before, limit)
        .map((row) => ({ ...row }) as unknown as ReturnType<Mailbox['listMails']>[number]);
    },
    readMail(id) {
      const row = read.get(id);
      if (!row) return undefined;
      const attachments = attached.all(id).map((one) => ({ ...one }));
      return { ...row, attachments } as unknown as ReceivedMail;
    },
  };
}
