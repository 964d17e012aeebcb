/**
 * Tables of the runtime. A frame is one thread of an execution: its root, a branch of a Parallel, an iteration
 * of a Map. An item is the input and, later, the output of one branch or iteration. The journal has one row for
 * each transition, without payloads. The pragmas (WAL, synchronous) are up to whoever opens the database.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS workflow_runtime (one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL);
INSERT OR IGNORE INTO workflow_runtime VALUES (1, 0);
CREATE TABLE IF NOT EXISTS workflow_definition (
  sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS workflow_execution (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, machine TEXT NOT NULL, definition TEXT NOT NULL,
  status TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
  startedAt INTEGER NOT NULL, stoppedAt INTEGER, timeoutAt INTEGER NOT NULL,
  parentFrame INTEGER, redrives INTEGER NOT NULL DEFAULT 0, redrivenAt INTEGER, events INTEGER NOT NULL DEFAULT 0,
  UNIQUE (name, machine));
CREATE INDEX IF NOT EXISTS workflow_execution_timeout ON workflow_execution (timeoutAt) WHERE status = 'RUNNING';
CREATE INDEX IF NOT EXISTS workflow_execution_stopped ON workflow_execution (stoppedAt) WHERE stoppedAt IS NOT NULL;
CREATE INDEX IF NOT EXISTS workflow_execution_parent ON workflow_execution (parentFrame) WHERE parentFrame IS NOT NULL;
CREATE TABLE IF NOT EXISTS workflow_frame (
  id INTEGER PRIMARY KEY AUTOINCREMENT, execution INTEGER NOT NULL, parent INTEGER, idx INTEGER NOT NULL, run INTEGER,
  state TEXT NOT NULL, phase TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0, input TEXT NOT NULL,
  variables TEXT, attempts TEXT, enteredAt INTEGER, wakeAt INTEGER, timeoutAt INTEGER, heartbeat INTEGER,
  token TEXT, arguments TEXT, result TEXT, total INTEGER NOT NULL DEFAULT 0, nextIndex INTEGER NOT NULL DEFAULT 0,
  running INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0,
  stopped INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS workflow_frame_execution ON workflow_frame (execution);
CREATE INDEX IF NOT EXISTS workflow_frame_parent ON workflow_frame (parent) WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS workflow_frame_wake ON workflow_frame (wakeAt) WHERE wakeAt IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS workflow_frame_token ON workflow_frame (token) WHERE token IS NOT NULL;
CREATE TABLE IF NOT EXISTS workflow_item (
  frame INTEGER NOT NULL, idx INTEGER NOT NULL, status INTEGER NOT NULL, value TEXT, output TEXT,
  PRIMARY KEY (frame, idx)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS workflow_journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT, execution INTEGER NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL,
  state TEXT, error TEXT);
CREATE INDEX IF NOT EXISTS workflow_journal_execution ON workflow_journal (execution);
`;
