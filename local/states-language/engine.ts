import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Random } from '../../functions/case/ports.ts';
import type { Definition, State } from './definition.ts';
import { createFunctions } from './functions.ts';
import { loadDefinition } from './load-definition.ts';
import { type ExecutionRow, type FrameRow, readyPhases } from './rows.ts';
import { Store, type WriteHooks } from './store.ts';

/** Which call this is; handed to the function beside its payload. */
export interface InvokeContext {
  machine: string;
  executionName: string;
  state: string;
  /** 1 for the first call, 2 for the first retry. A call that a crash interrupted is made again with its number. */
  attempt: number;
}

export interface RuntimeOptions extends WriteHooks {
  /** Opened by the caller, who also chooses WAL and synchronous; tables begin with `workflow_`. */
  database: DatabaseSync;
  clock: Clock;
  random: Random;
  /** By ARN or by name; an ARN of a state machine or alias finds the entry of its name too. */
  machines: ReadonlyMap<string, Definition>;
  /** Runs a Lambda function. It may be called more than once for one step: at least once. */
  invoke(functionArn: string, payload: unknown, context: InvokeContext): Promise<unknown>;
  readObject(bucket: string, key: string): AsyncIterable<Uint8Array>;
  /** Lambda calls in flight at once; 16. With 1 a simulation repeats exactly whatever the functions do. */
  concurrency?: number;
}

/** What stays the same while an execution runs. */
export interface Execution {
  id: number;
  name: string;
  machine: string;
  startedAt: number;
  redrives: number;
  redrivenAt: number | null;
  definition: Definition;
}

const largestCache = 1000;

/** What the parts of the runtime share: the ports, the store, and the queue of frames that can go on now. */
export class Engine {
  readonly options: RuntimeOptions;
  readonly store: Store;
  readonly functions: Record<string, unknown>;
  /** Frames to process, first come first served. A frame more than due does no harm: its phase decides. */
  readonly ready = new Set<number>();
  /** Frames whose Lambda call is due. */
  readonly calls = new Set<number>();
  /** Set by whoever sleeps until there is something to do. */
  onWork: () => void = () => {};
  readonly #executions = new Map<number, Execution>();
  readonly #definitions = new Map<string, Definition>();

  constructor(options: RuntimeOptions) {
    this.options = options;
    this.store = new Store(options.database, options);
    this.functions = createFunctions(options.clock, options.random);
    for (const definition of options.machines.values()) this.#definitions.set(definition.sha256, definition);
    const phases = readyPhases.map((phase) => `'${phase}'`).join(', ');
    const rows = this.store.all<{ id: number; phase: string }>(
      `SELECT id, phase FROM workflow_frame WHERE stopped = 0 AND phase IN (${phases}, 'invoke') ORDER BY id`,
    );
    for (const { id, phase } of rows) (phase === 'invoke' ? this.calls : this.ready).add(id);
  }

  now(): number {
    return this.options.clock.now().getTime();
  }

  wake(frame: number): void {
    this.ready.add(frame);
    this.onWork();
  }

  /** The machine under this key, name, or ARN; the key under which executions keep it. */
  machine(key: string): { key: string; definition: Definition } | undefined {
    const exact = this.options.machines.get(key);
    if (exact) return { key, definition: exact };
    const name = /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:([^:]+)(:[^:]+)?$/.exec(key)?.[1];
    if (name === undefined) return undefined;
    for (const [other, definition] of this.options.machines) {
      if (other === name || other.endsWith(`:stateMachine:${name}`)) return { key: other, definition };
    }
    return undefined;
  }

  execution(id: number): Execution {
    const known = this.#executions.get(id);
    if (known) return known;
    const row = this.store.execution(id);
    const execution = { ...row, definition: this.#definition(row) };
    if (this.#executions.size >= largestCache) this.#executions.clear();
    this.#executions.set(id, execution);
    return execution;
  }

  /** After a redrive the counts that states may read are different. */
  forget(execution: number): void {
    this.#executions.delete(execution);
  }

  stateOf(frame: FrameRow): State {
    return this.execution(frame.execution).definition.allStates.get(frame.state)!;
  }

  /** An execution goes on with the definition that it started with, as in Step Functions. */
  #definition({ definition }: ExecutionRow): Definition {
    const known = this.#definitions.get(definition);
    if (known) return known;
    const row = this.store.get<{ name: string; text: string }>(
      'SELECT name, text FROM workflow_definition WHERE sha256 = ?',
      definition,
    )!;
    const loaded = loadDefinition(row.text, {}, row.name);
    this.#definitions.set(definition, loaded);
    return loaded;
  }
}
