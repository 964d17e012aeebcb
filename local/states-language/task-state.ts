import { createBindings, executionArn } from './bindings.ts';
import type { TaskState } from './definition.ts';
import type { Engine } from './engine.ts';
import { evaluateNumber, evaluateObject } from './evaluate.ts';
import { insertExecution } from './executions.ts';
import { uuid } from './functions.ts';
import { longestSeconds } from './load-errors.ts';
import { argumentProblem } from './load-task.ts';
import { moveOn } from './move-on.ts';
import { executionNameProblem } from './names.ts';
import type { ExecutionRow, FrameRow } from './rows.ts';
import { queryFailure, StateFailure, toData } from './state-failure.ts';

const seconds = { min: 1, max: longestSeconds, integer: true };

/** States Language, "Task State": the arguments are computed once for each attempt, then the call is due. */
export const enterTask = async (
  engine: Engine,
  frame: FrameRow,
  state: TaskState,
  enteredAt: number,
): Promise<void> => {
  const token =
    state.action === 'invokeAndWait'
      ? Buffer.from(engine.options.random.bytes(32)).toString('base64url')
      : null;
  const bindings = createBindings(engine, frame, token === null ? { enteredAt } : { enteredAt, token });
  const given = await evaluateObject(state.arguments, 'Arguments', bindings);
  const problem = argumentProblem(state.action, Object.keys(given));
  if (problem) throw queryFailure('Arguments', problem);
  const timeout = await evaluateNumber(state.timeoutSeconds, 'TimeoutSeconds', bindings, seconds);
  const heartbeat = await evaluateNumber(state.heartbeatSeconds, 'HeartbeatSeconds', bindings, seconds);
  const now = engine.now();
  const timeoutAt = timeout === undefined ? null : now + timeout * 1000;
  const heartbeatAt = heartbeat === undefined ? null : now + heartbeat * 1000;
  const scheduled: FrameRow = {
    ...frame,
    enteredAt,
    token,
    timeoutAt,
    heartbeat: heartbeat === undefined ? null : heartbeat * 1000,
    wakeAt: earliest(timeoutAt, heartbeatAt),
  };
  if (state.action === 'start' || state.action === 'startAndWait')
    return startChild(engine, scheduled, state, given);
  checkCall(given);
  const text = toData({ FunctionName: given.FunctionName, Payload: given.Payload ?? {} }, 'Arguments');
  engine.store.write('TaskScheduled', () => {
    engine.store.saveFrame({ ...scheduled, phase: 'invoke', arguments: text });
    engine.store.journal('TaskScheduled', now, frame.execution, frame);
  });
  engine.calls.add(frame.id);
};

export const earliest = (...times: (number | null)[]): number | null => {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
};

const checkCall = ({ FunctionName, InvocationType }: Record<string, unknown>): void => {
  if (typeof FunctionName !== 'string') throw queryFailure('Arguments/FunctionName', 'a string is due here');
  if (InvocationType !== undefined && InvocationType !== 'RequestResponse') {
    throw queryFailure('Arguments/InvocationType', 'only RequestResponse is supported');
  }
};

/** Step Functions, "Start a new AWS Step Functions execution": with .sync:2 the state waits for its end. */
const startChild = (
  engine: Engine,
  frame: FrameRow,
  state: TaskState,
  given: Record<string, unknown>,
): void => {
  const { store } = engine;
  const machine = engine.machine(String(given.StateMachineArn));
  if (!machine) {
    throw new StateFailure(
      'StepFunctions.StateMachineDoesNotExistException',
      `${String(given.StateMachineArn)} is unknown`,
    );
  }
  const name = given.Name === undefined ? uuid(engine.options.random) : given.Name;
  const problem = executionNameProblem(name);
  if (problem) throw new StateFailure('StepFunctions.InvalidNameException', problem);
  const input = toData(given.Input ?? {}, 'Arguments/Input');
  const isWaiting = state.action === 'startAndWait';
  store.write('ChildStarted', () => {
    const existing = store.get<ExecutionRow>(
      'SELECT * FROM workflow_execution WHERE name = ? AND machine = ?',
      name as string,
      machine.key,
    );
    // The same name with the same input is the same start while it runs; StartExecution, "idempotency".
    if (
      existing &&
      (existing.status !== 'RUNNING' || existing.input !== input || existing.parentFrame !== null)
    ) {
      store.saveFrame({
        ...frame,
        phase: 'error',
        wakeAt: null,
        result: JSON.stringify({
          error: 'StepFunctions.ExecutionAlreadyExistsException',
          reason: `${executionArn(machine.key, name as string)} exists already`,
        }),
      });
      engine.wake(frame.id);
    } else {
      const result = JSON.stringify({
        ExecutionArn: executionArn(machine.key, name as string),
        StartDate: existing?.startedAt ?? engine.now(),
      });
      store.saveFrame(
        isWaiting ? { ...frame, phase: 'child' } : { ...frame, phase: 'result', wakeAt: null, result },
      );
      if (existing && isWaiting) {
        store.run('UPDATE workflow_execution SET parentFrame = ? WHERE id = ?', frame.id, existing.id);
      } else if (!existing) {
        insertExecution(engine, machine, name as string, input, isWaiting ? frame.id : null);
      }
      if (!isWaiting) engine.wake(frame.id);
    }
    store.journal('ChildStarted', engine.now(), frame.execution, frame);
  });
};

/** The task has its result: Output and Assign, then on. `result` is JSON text within the data limit. */
export const leaveTask = (engine: Engine, frame: FrameRow, state: TaskState, result: string): Promise<void> =>
  moveOn(engine, frame, {
    name: frame.phase === 'invoke' ? 'TaskSucceeded' : 'StateSucceeded',
    bindings: createBindings(engine, frame, { result: JSON.parse(result) }),
    output: state.output,
    assign: state.assign,
    fallback: result,
    next: state.next,
  });
