import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type ExecutionRow, type FrameRow, type WriteName, writes } from './rows.ts';
import { schema } from './schema.ts';

/** Called around every write; a simulation throws from them to crash the process there. */
export interface WriteHooks {
  beforeWrite?(name: WriteName): void;
  afterWrite?(name: WriteName): void;
}

/** Another runtime took this database over, or this one crashed or was closed. It writes nothing any more. */
export class RuntimeClosedError extends Error {
  override name = 'RuntimeClosedError';
}

/** The frame changed or went while its next step was computed; the step is void, nothing was written. */
export class StaleFrameError extends Error {
  override name = 'StaleFrameError';
}

const mutable = [
  'state',
  'phase',
  'input',
  'variables',
  'attempts',
  'enteredAt',
  'wakeAt',
  'timeoutAt',
  'heartbeat',
  'token',
  'arguments',
  'result',
  'total',
  'nextIndex',
  'running',
  'failed',
  'stopped',
] as const satisfies readonly (keyof FrameRow)[];

const saveFrame = `UPDATE workflow_frame SET version = version + 1, ${mutable.map((name) => `${name} = ?`).join(', ')}
  WHERE id = ? AND version = ?`;

/** SQL and transactions of the runtime. Statements are prepared once. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #hooks: WriteHooks;
  readonly #statements = new Map<string, StatementSync>();
  readonly #generation: number;
  #closed = false;

  constructor(database: DatabaseSync, hooks: WriteHooks) {
    this.#database = database;
    this.#hooks = hooks;
    database.exec(schema);
    // Whoever opened the database before is fenced off: see write().
    const row = this.get<{ generation: number }>(
      'UPDATE workflow_runtime SET generation = generation + 1 RETURNING generation',
    );
    this.#generation = row!.generation;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** One transition: all of `apply` or nothing. Throws RuntimeClosedError when another runtime took over. */
  write<T>(name: WriteName, apply: () => T): T {
    if (this.#closed) throw new RuntimeClosedError('This runtime is closed; nothing was written.');
    try {
      this.#hooks.beforeWrite?.(name);
    } catch (crash) {
      this.#closed = true;
      throw crash;
    }
    this.#statement('BEGIN IMMEDIATE').run();
    let result: T;
    try {
      const owner = this.get<{ generation: number }>('SELECT generation FROM workflow_runtime');
      if (owner?.generation !== this.#generation) {
        throw new RuntimeClosedError('Another runtime works on this database now; nothing was written.');
      }
      result = apply();
      this.#statement('COMMIT').run();
    } catch (error) {
      if (this.#database.isTransaction) this.#statement('ROLLBACK').run();
      if (error instanceof RuntimeClosedError) this.#closed = true;
      throw error;
    }
    try {
      this.#hooks.afterWrite?.(name);
    } catch (crash) {
      this.#closed = true;
      throw crash;
    }
    return result;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  frame(id: number): FrameRow | undefined {
    return this.get<FrameRow>('SELECT * FROM workflow_frame WHERE id = ?', id);
  }

  execution(id: number): ExecutionRow {
    return this.get<ExecutionRow>('SELECT * FROM workflow_execution WHERE id = ?', id)!;
  }

  /** Throws StaleFrameError when the row is not the one that was read. */
  saveFrame(frame: FrameRow): void {
    const changes = this.run(saveFrame, ...mutable.map((name) => frame[name]), frame.id, frame.version);
    if (changes !== 1) throw new StaleFrameError(`Frame ${frame.id} changed meanwhile.`);
  }

  insertFrame(frame: Pick<FrameRow, 'execution' | 'parent' | 'idx' | 'run' | 'state' | 'input'>): number {
    const { execution, parent, idx, run, state, input } = frame;
    return this.get<{ id: number }>(
      `INSERT INTO workflow_frame (execution, parent, idx, run, state, phase, input)
       VALUES (?, ?, ?, ?, ?, 'enter', ?) RETURNING id`,
      execution,
      parent,
      idx,
      run,
      state,
      input,
    )!.id;
  }

  /** Frames below this one, deepest last. */
  descendants(frame: number): number[] {
    return this.all<{ id: number }>(
      `WITH RECURSIVE below(id) AS (SELECT id FROM workflow_frame WHERE parent = ?
         UNION ALL SELECT workflow_frame.id FROM workflow_frame JOIN below ON parent = below.id)
       SELECT id FROM below`,
      frame,
    ).map(({ id }) => id);
  }

  deleteFrame(id: number): void {
    this.run('DELETE FROM workflow_item WHERE frame = ?', id);
    this.run('DELETE FROM workflow_frame WHERE id = ?', id);
  }

  /** The journal row of a transition; counts the events of the execution or of the distributed iteration. */
  journal(name: WriteName, at: number, execution: number, frame: FrameRow | undefined, error?: string): void {
    this.run(
      'INSERT INTO workflow_journal (execution, at, type, state, error) VALUES (?, ?, ?, ?, ?)',
      execution,
      at,
      name,
      frame?.state ?? null,
      error ?? null,
    );
    if (writes[name] === 0) return;
    if (frame?.run)
      this.run('UPDATE workflow_frame SET events = events + ? WHERE id = ?', writes[name], frame.run);
    else this.run('UPDATE workflow_execution SET events = events + ? WHERE id = ?', writes[name], execution);
  }
}
