import { createBindings } from './bindings.ts';
import type { ChoiceState, FailState, ParallelState, State, WaitState } from './definition.ts';
import type { Engine } from './engine.ts';
import { evaluateNumber, evaluateString } from './evaluate.ts';
import type { Bindings } from './expression.ts';
import { longestSeconds } from './load-errors.ts';
import { parseTimestamp } from './load-state.ts';
import { enterMap } from './map-state.ts';
import { moveOn } from './move-on.ts';
import type { FrameRow } from './rows.ts';
import { queryFailure, StateFailure, toData } from './state-failure.ts';
import { enterTask } from './task-state.ts';
import { evaluateTemplate } from './template.ts';

/** Events that an execution's history may have (Step Functions quotas). */
const eventLimit = 25_000;

/** A state is due: does it, or starts what it waits for, in one transition. Throws StateFailure. */
export const enterState = async (engine: Engine, frame: FrameRow, state: State): Promise<void> => {
  checkHistory(engine, frame);
  const enteredAt = frame.enteredAt ?? engine.now();
  const bindings = createBindings(engine, frame, { enteredAt });
  switch (state.type) {
    case 'Pass':
    case 'Succeed':
      return leave(engine, frame, state, bindings);
    case 'Choice':
      return choose(engine, frame, state, bindings);
    case 'Fail':
      return fail(state, bindings);
    case 'Wait':
      return wait(engine, frame, state, bindings, enteredAt);
    case 'Task':
      return enterTask(engine, frame, state, enteredAt);
    case 'Parallel':
      return startBranches(engine, frame, state, bindings, enteredAt);
    case 'Map':
      return enterMap(engine, frame, state, bindings, enteredAt);
  }
};

const checkHistory = (engine: Engine, frame: FrameRow): void => {
  const [table, id] =
    frame.run === null ? ['workflow_execution', frame.execution] : ['workflow_frame', frame.run];
  const row = engine.store.get<{ events: number }>(`SELECT events FROM ${table} WHERE id = ?`, id);
  if ((row?.events ?? 0) >= eventLimit) {
    throw new StateFailure(
      'States.Runtime',
      `The execution reached the maximum number of history events (${eventLimit})`,
    );
  }
};

/** Leaves a state that has no result of its own: the input goes on unless there is an Output. */
export const leave = (engine: Engine, frame: FrameRow, state: State, bindings: Bindings): Promise<void> =>
  moveOn(engine, frame, {
    name: 'StateSucceeded',
    bindings,
    output: state.output,
    assign: state.assign,
    fallback: frame.input,
    next: state.next,
  });

/** States Language, "Choice State": the first rule that is true, with its own Output and Assign; else Default. */
const choose = async (
  engine: Engine,
  frame: FrameRow,
  state: ChoiceState,
  bindings: Bindings,
): Promise<void> => {
  const go = (rule: Pick<ChoiceState, 'output' | 'assign'>, next: string) =>
    moveOn(engine, frame, {
      name: 'StateSucceeded',
      bindings,
      output: rule.output,
      assign: rule.assign,
      fallback: frame.input,
      next,
    });
  for (const [index, rule] of state.choices.entries()) {
    const condition = await evaluateTemplate(rule.condition, bindings);
    if (typeof condition !== 'boolean')
      throw queryFailure(`Choices[${index}]/Condition`, 'a boolean is due here');
    if (condition) return go(rule, rule.next);
  }
  if (state.default !== undefined) return go(state, state.default);
  throw new StateFailure(
    'States.NoChoiceMatched',
    `No choice of '${state.name}' matched and it has no Default`,
  );
};

const fail = async (state: FailState, bindings: Bindings): Promise<never> => {
  throw new StateFailure(
    state.error ? await evaluateString(state.error, 'Error', bindings) : '',
    state.cause ? await evaluateString(state.cause, 'Cause', bindings) : '',
  );
};

const wait = async (
  engine: Engine,
  frame: FrameRow,
  state: WaitState,
  bindings: Bindings,
  enteredAt: number,
): Promise<void> => {
  const seconds = await evaluateNumber(state.seconds, 'Seconds', bindings, {
    min: 0,
    max: longestSeconds,
    integer: true,
  });
  const wakeAt =
    seconds === undefined
      ? parseTimestamp(await evaluateTemplate(state.timestamp!, bindings))
      : enteredAt + seconds * 1000;
  if (wakeAt === undefined) throw queryFailure('Timestamp', 'a time of RFC 3339 is due here');
  engine.store.write('WaitStarted', () => {
    engine.store.saveFrame({ ...frame, phase: 'wait', enteredAt, wakeAt });
    engine.store.journal('WaitStarted', engine.now(), frame.execution, frame);
    engine.onWork();
  });
};

/** States Language, "Parallel State": a frame for each branch, with the Arguments, or else the input. */
const startBranches = async (
  engine: Engine,
  frame: FrameRow,
  state: ParallelState,
  bindings: Bindings,
  enteredAt: number,
): Promise<void> => {
  const input = state.arguments
    ? toData(await evaluateTemplate(state.arguments, bindings), 'Arguments')
    : frame.input;
  const { store } = engine;
  const total = state.branches.length;
  store.write('ParallelStarted', () => {
    store.saveFrame({
      ...frame,
      phase: 'children',
      enteredAt,
      wakeAt: null,
      total,
      nextIndex: total,
      running: total,
    });
    store.journal('ParallelStarted', engine.now(), frame.execution, frame);
    state.branches.forEach((branch, idx) => {
      const { execution, run } = frame;
      engine.wake(store.insertFrame({ execution, parent: frame.id, idx, run, state: branch.startAt, input }));
    });
  });
};
