import { createBindings } from './bindings.ts';
import type { MapState, ParallelState } from './definition.ts';
import type { Engine } from './engine.ts';
import { dataLimit } from './json.ts';
import type { MapSettings } from './map-state.ts';
import { moveOn } from './move-on.ts';
import { type FrameRow, itemStatus } from './rows.ts';
import { checkedData, StateFailure, toData } from './state-failure.ts';
import { evaluateTemplate } from './template.ts';

/** Iterations that one transition starts. */
const batchSize = 50;

/** A Parallel or Map goes on: starts iterations as far as MaxConcurrency allows, or ends when all have ended. */
export const continueChildren = async (
  engine: Engine,
  frame: FrameRow,
  state: MapState | ParallelState,
): Promise<void> => {
  if (state.type === 'Map' && frame.nextIndex < frame.total) {
    const { maxConcurrency } = JSON.parse(frame.arguments!) as MapSettings;
    const room = Math.min(maxConcurrency - frame.running, batchSize);
    if (room > 0) return startIterations(engine, frame, state, room);
  }
  if (frame.running === 0 && frame.nextIndex >= frame.total) return joinChildren(engine, frame, state);
};

const startIterations = async (
  engine: Engine,
  frame: FrameRow,
  state: MapState,
  room: number,
): Promise<void> => {
  const { store } = engine;
  const items = store.all<{ idx: number; value: string }>(
    `SELECT idx, value FROM workflow_item WHERE frame = ? AND idx >= ? AND status = ${itemStatus.pending}
     ORDER BY idx LIMIT ?`,
    frame.id,
    frame.nextIndex,
    room,
  );
  const inputs: { idx: number; input: string }[] = [];
  for (const { idx, value } of items) {
    if (!state.itemSelector) {
      inputs.push({ idx, input: value });
      continue;
    }
    const item = { Index: idx, Value: JSON.parse(value) as unknown };
    const selected = await evaluateTemplate(state.itemSelector, createBindings(engine, frame, { item }));
    inputs.push({ idx, input: toData(selected, 'ItemSelector') });
  }
  store.write('IterationsStarted', () => {
    const nextIndex = items.length < room ? frame.total : items.at(-1)!.idx + 1;
    store.saveFrame({ ...frame, nextIndex, running: frame.running + items.length });
    for (const { idx, input } of inputs) {
      const { execution } = frame;
      const child = store.insertFrame({
        execution,
        parent: frame.id,
        idx,
        run: frame.run,
        state: state.processor.startAt,
        input,
      });
      if (state.distributed) store.run('UPDATE workflow_frame SET run = id WHERE id = ?', child);
      store.run(
        'UPDATE workflow_item SET status = ?, output = ? WHERE frame = ? AND idx = ?',
        itemStatus.running,
        state.distributed ? input : null,
        frame.id,
        idx,
      );
      engine.wake(child);
    }
    store.journal('IterationsStarted', engine.now(), frame.execution, frame);
    engine.wake(frame.id);
  });
};

/** All have ended: the result is the array of their outputs, in order of the branches or items. */
const joinChildren = async (
  engine: Engine,
  frame: FrameRow,
  state: MapState | ParallelState,
): Promise<void> => {
  const { store } = engine;
  const { size } = store.get<{ size: number | null }>(
    'SELECT sum(length(output)) + count(*) AS size FROM workflow_item WHERE frame = ?',
    frame.id,
  )!;
  if ((size ?? 0) > dataLimit) {
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The results of '${state.name}' are larger than 262144 bytes`,
    );
  }
  const outputs = store.all<{ output: string }>(
    'SELECT output FROM workflow_item WHERE frame = ? ORDER BY idx',
    frame.id,
  );
  const result = checkedData(`[${outputs.map(({ output }) => output).join(',')}]`, 'result');
  await moveOn(engine, frame, {
    name: 'StateSucceeded',
    bindings: createBindings(engine, frame, { result: JSON.parse(result) }),
    output: state.output,
    assign: state.assign,
    fallback: result,
    next: state.next,
    also: () => {
      store.run('DELETE FROM workflow_item WHERE frame = ?', frame.id);
    },
  });
};
