import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Case, HistoryEntry, OutboxEntry } from '../../functions/case/case.ts';
import { changeAsText, shortError, sortableInstant } from '../../functions/case/change-size.ts';
import { VersionConflictError } from '../../functions/case/errors.ts';
import type { CaseSummary, Change, Records } from '../../functions/case/ports.ts';
import { summaryOf } from '../../functions/case/summary.ts';
import { inTransaction } from './database.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS cases (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, data TEXT NOT NULL, summary TEXT NOT NULL,
    waiting_for TEXT NOT NULL, updated_at TEXT NOT NULL, next_reminder_at TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS cases_by_update ON cases (updated_at, id);
  CREATE INDEX IF NOT EXISTS cases_by_actor ON cases (waiting_for, updated_at, id);
  CREATE INDEX IF NOT EXISTS cases_by_reminder ON cases (next_reminder_at, id) WHERE next_reminder_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS history (
    case_id TEXT NOT NULL, number INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (case_id, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS links (
    sha256 TEXT PRIMARY KEY, case_id TEXT NOT NULL, task_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    case_id TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, next_attempt_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, error TEXT, PRIMARY KEY (case_id, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS outbox_by_attempt ON outbox (next_attempt_at, case_id, id);
`;

const statements = {
  load: 'SELECT data FROM cases WHERE id = ?',
  create: `INSERT INTO cases (version, data, summary, waiting_for, updated_at, next_reminder_at, id)
           SELECT 1 + ?7, ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?7 = 0 ON CONFLICT DO NOTHING`,
  update: `UPDATE cases SET version = version + 1, data = ?1, summary = ?2, waiting_for = ?3, updated_at = ?4,
           next_reminder_at = ?5 WHERE id = ?6 AND version = ?7`,
  addHistory: 'INSERT INTO history (case_id, number, data) VALUES (?, ?, ?)',
  addOutbox: 'INSERT INTO outbox (case_id, id, data, next_attempt_at) VALUES (?, ?, ?, ?)',
  addLink: `INSERT INTO links (sha256, case_id, task_id) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET task_id = excluded.task_id WHERE case_id = excluded.case_id`,
  findLink: 'SELECT case_id AS caseId, task_id AS taskId FROM links WHERE sha256 = ?',
  list: `SELECT summary, updated_at, id FROM cases WHERE (updated_at, id) < (?, ?)
         ORDER BY updated_at DESC, id DESC LIMIT ?`,
  listOf: `SELECT summary, updated_at, id FROM cases WHERE waiting_for = ? AND (updated_at, id) < (?, ?)
           ORDER BY updated_at DESC, id DESC LIMIT ?`,
  history: 'SELECT data FROM history WHERE case_id = ? ORDER BY number',
  remindable: `SELECT id FROM cases WHERE next_reminder_at IS NOT NULL AND next_reminder_at <= ?
               ORDER BY next_reminder_at, id LIMIT ?`,
  pending: `SELECT data, attempts FROM outbox WHERE next_attempt_at <= ?
            ORDER BY next_attempt_at, case_id, id LIMIT ?`,
  settle: 'DELETE FROM outbox WHERE case_id = ? AND id = ?',
  postpone: `UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, error = ? WHERE case_id = ? AND id = ?`,
};

/** Records on SQLite. A commit is one transaction, on the disk before it is acknowledged. */
export function sqliteRecords(database: DatabaseSync): Records {
  database.exec(schema);
  const sql = Object.fromEntries(
    Object.entries(statements).map(([name, text]) => [name, database.prepare(text)]),
  ) as Record<keyof typeof statements, StatementSync>;

  function write(change: Change): void {
    const text = changeAsText(change);
    const summary = summaryOf(change.case);
    const remindAt = change.case.nextReminderAt;
    const values = [
      text.case,
      JSON.stringify(summary),
      summary.waitingFor,
      sortableInstant(summary.updatedAt),
      remindAt ? sortableInstant(remindAt) : null,
      change.case.id,
      change.expectedVersion,
    ];
    const written = (change.expectedVersion === 0 ? sql.create : sql.update).run(...values);
    if (written.changes !== 1) {
      throw new VersionConflictError(
        `Case ${change.case.id} is no longer at version ${change.expectedVersion}.`,
      );
    }
    change.history.forEach((entry, index) => {
      sql.addHistory.run(entry.caseId, entry.number, text.history[index]!);
    });
    change.outbox.forEach((entry, index) => {
      sql.addOutbox.run(entry.caseId, entry.id, text.outbox[index]!, sortableInstant(entry.createdAt));
    });
    for (const link of change.links) {
      const added = sql.addLink.run(link.sha256, change.case.id, link.taskId);
      if (added.changes !== 1) throw new Error('This link belongs to another case. Nothing was written.');
    }
  }

  return {
    async load(caseId) {
      const row = sql.load.get(caseId);
      return row && (JSON.parse(row.data as string) as Case);
    },
    async commit(change) {
      inTransaction(database, () => write(change));
    },
    async findLink(sha256) {
      const row = sql.findLink.get(sha256);
      return row && { caseId: row.caseId as string, taskId: row.taskId as string };
    },
    async list({ waitingFor, limit, after }) {
      const [updatedAt, id] = after ? readCursor(after) : ['~', ''];
      const rows = waitingFor
        ? sql.listOf.all(waitingFor, updatedAt, id, limit + 1)
        : sql.list.all(updatedAt, id, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        cases: page.map((row) => JSON.parse(row.summary as string) as CaseSummary),
        ...(rows.length > limit && last && { next: cursor(last.updated_at as string, last.id as string) }),
      };
    },
    async history(caseId) {
      return sql.history.all(caseId).map((row) => JSON.parse(row.data as string) as HistoryEntry);
    },
    async remindable(now, limit) {
      return sql.remindable.all(now.toISOString(), limit).map((row) => row.id as string);
    },
    async pendingOutbox(now, limit) {
      return sql.pending.all(now.toISOString(), limit).map((row) => ({
        entry: JSON.parse(row.data as string) as OutboxEntry,
        attempts: row.attempts as number,
      }));
    },
    async settleOutbox(entry) {
      sql.settle.run(entry.caseId, entry.id);
    },
    async postponeOutbox(entry, nextAttemptAt, error) {
      sql.postpone.run(nextAttemptAt.toISOString(), shortError(error), entry.caseId, entry.id);
    },
  };
}

const cursor = (updatedAt: string, id: string) =>
  Buffer.from(JSON.stringify([updatedAt, id])).toString('base64url');

/** A cursor comes back from a browser: anything odd is the first page. */
function readCursor(after: string): [string, string] {
  try {
    const [updatedAt, id] = JSON.parse(Buffer.from(after, 'base64url').toString()) as unknown[];
    if (typeof updatedAt === 'string' && typeof id === 'string') return [updatedAt, id];
  } catch {
    // Not ours: as below.
  }
  return ['~', ''];
}
