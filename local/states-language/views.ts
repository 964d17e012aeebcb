import type { ExecutionRow, Status, WriteName } from './rows.ts';
import type { Store } from './store.ts';

/** An execution as pages and tests see it. `input` and `output` are the execution's own, not those of its tasks. */
export interface ExecutionView {
  name: string;
  machine: string;
  status: Status;
  startedAt: Date;
  stoppedAt: Date | undefined;
  /** Names of the states in which it is, sorted; of a failed one, those where it stopped. */
  states: readonly string[];
  error: string | undefined;
  cause: string | undefined;
  input: unknown;
  output: unknown;
  redrives: number;
}

/** One transition: no payload, no cause. */
export interface HistoryView {
  at: Date;
  type: WriteName;
  state: string | undefined;
  error: string | undefined;
}

export const findExecution = (store: Store, name: string, machine?: string): ExecutionRow | undefined =>
  machine === undefined
    ? store.get<ExecutionRow>('SELECT * FROM workflow_execution WHERE name = ? ORDER BY id LIMIT 1', name)
    : store.get<ExecutionRow>(
        'SELECT * FROM workflow_execution WHERE name = ? AND machine = ?',
        name,
        machine,
      );

export const describeExecution = (store: Store, row: ExecutionRow): ExecutionView => ({
  name: row.name,
  machine: row.machine,
  status: row.status,
  startedAt: new Date(row.startedAt),
  stoppedAt: row.stoppedAt === null ? undefined : new Date(row.stoppedAt),
  states: store
    .all<{ state: string }>(
      'SELECT DISTINCT state FROM workflow_frame WHERE execution = ? ORDER BY state LIMIT 100',
      row.id,
    )
    .map(({ state }) => state),
  error: row.error ?? undefined,
  cause: row.cause ?? undefined,
  input: JSON.parse(row.input),
  output: row.output === null ? undefined : JSON.parse(row.output),
  redrives: row.redrives,
});

export const readHistory = (store: Store, row: ExecutionRow, limit: number): HistoryView[] =>
  store
    .all<{ at: number; type: WriteName; state: string | null; error: string | null }>(
      `SELECT at, type, state, error FROM workflow_journal WHERE execution = ? ORDER BY id LIMIT ?`,
      row.id,
      limit,
    )
    .map(({ at, type, state, error }) => ({
      at: new Date(at),
      type,
      state: state ?? undefined,
      error: error ?? undefined,
    }));

export const listExecutions = (store: Store, status: Status | undefined, limit: number): ExecutionRow[] =>
  status === undefined
    ? store.all<ExecutionRow>('SELECT * FROM workflow_execution ORDER BY id DESC LIMIT ?', limit)
    : store.all<ExecutionRow>(
        'SELECT * FROM workflow_execution WHERE status = ? ORDER BY id DESC LIMIT ?',
        status,
        limit,
      );
