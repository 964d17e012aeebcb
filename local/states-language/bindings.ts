import type { Engine, Execution } from './engine.ts';
import type { Bindings } from './expression.ts';
import type { FrameRow } from './rows.ts';

/** What else an expression may read, beside the frame itself. */
export interface Extras {
  result?: unknown;
  errorOutput?: { Error: string; Cause: string };
  token?: string;
  /** The iteration for which an ItemSelector is evaluated. */
  item?: { Index: number; Value: unknown };
  enteredAt?: number;
}

const account = '000000000000';
const isArn = (key: string) => key.startsWith('arn:');

export const machineArn = (machine: string): string =>
  isArn(machine) ? machine : `arn:aws:states:local:${account}:stateMachine:${machine}`;

export const executionArn = (machine: string, name: string): string =>
  `${machineArn(machine).replace(':stateMachine:', ':execution:')}:${name}`;

/** The frame and those around it whose variables it reads: as far as the root of a distributed iteration. */
const visibleFrames = (engine: Engine, frame: FrameRow): FrameRow[] => {
  const frames = [frame];
  for (let inner = frame; inner.parent !== null && inner.run !== inner.id; ) {
    inner = engine.store.frame(inner.parent)!;
    frames.push(inner);
  }
  return frames;
};

const findItem = (engine: Engine, frames: readonly FrameRow[]) => {
  for (const frame of frames) {
    if (frame.parent === null || frame.run === frame.id) continue;
    const parent = frames.find(({ id }) => id === frame.parent);
    if (parent === undefined || engine.stateOf(parent).type !== 'Map') continue;
    const row = engine.store.get<{ value: string }>(
      'SELECT value FROM workflow_item WHERE frame = ? AND idx = ?',
      parent.id,
      frame.idx,
    );
    return { Index: frame.idx, Value: JSON.parse(row?.value ?? 'null') as unknown };
  }
  return undefined;
};

/** The context object (Step Functions, "Accessing execution data from the Context object"). */
const createContext = (engine: Engine, execution: Execution, frames: FrameRow[], extras: Extras) => {
  const frame = frames[0]!;
  const attempts = JSON.parse(frame.attempts ?? '[]') as number[];
  const root = frames.at(-1)!;
  const runName = root.run === root.id ? `${execution.name}-${root.idx}` : undefined;
  const name = runName ?? execution.name;
  const item = extras.item ?? findItem(engine, frames);
  return {
    Execution: {
      Id: executionArn(execution.machine, name),
      get Input(): unknown {
        // A distributed iteration is an execution of its own, with its item as input.
        const input =
          runName === undefined
            ? engine.store.get<{ input: string }>(
                'SELECT input FROM workflow_execution WHERE id = ?',
                execution.id,
              )!.input
            : engine.store.get<{ input: string }>(
                'SELECT output AS input FROM workflow_item WHERE frame = ? AND idx = ?',
                root.parent!,
                root.idx,
              )!.input;
        return JSON.parse(input) as unknown;
      },
      Name: name,
      RoleArn: `arn:aws:iam::${account}:role/local`,
      StartTime: new Date(execution.startedAt).toISOString(),
      RedriveCount: execution.redrives,
      ...(execution.redrivenAt === null ? {} : { RedriveTime: new Date(execution.redrivenAt).toISOString() }),
    },
    StateMachine: { Id: machineArn(execution.machine), Name: execution.definition.name },
    State: {
      Name: frame.state,
      EnteredTime: new Date(extras.enteredAt ?? frame.enteredAt ?? engine.now()).toISOString(),
      RetryCount: attempts.reduce((sum, count) => sum + count, 0),
    },
    ...(extras.token === undefined ? {} : { Task: { Token: extras.token } }),
    ...(item === undefined ? {} : { Map: { Item: item } }),
  };
};

/** Variables, `$states` and functions for the expressions of the state in which the frame is. */
export const createBindings = (engine: Engine, frame: FrameRow, extras: Extras = {}): Bindings => {
  const execution = engine.execution(frame.execution);
  const frames = visibleFrames(engine, frame);
  const bindings: Bindings = { ...engine.functions };
  for (const { variables } of frames.toReversed()) {
    if (variables !== null) Object.assign(bindings, JSON.parse(variables));
  }
  let input: unknown;
  let context: unknown;
  bindings.states = {
    get input(): unknown {
      input ??= JSON.parse(frame.input);
      return input;
    },
    get context(): unknown {
      context ??= createContext(engine, execution, frames, extras);
      return context;
    },
    ...('result' in extras ? { result: extras.result } : {}),
    ...(extras.errorOutput ? { errorOutput: extras.errorOutput } : {}),
  };
  return bindings;
};
