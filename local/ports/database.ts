import { DatabaseSync } from 'node:sqlite';

/**
 * The one SQLite database of the local product; every part makes its own tables in it. A commit is on the disk before
 * the call returns (WAL, synchronous FULL), deleted rows are overwritten, and a second process waits up to five seconds.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA busy_timeout = 5000;
  `);
  return database;
}

/** Runs `work`, which must not wait for anything, in one transaction: all of it or, when it throws, nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
