import { createBindings } from './bindings.ts';
import type { MapState, ParallelState } from './definition.ts';
import type { Engine } from './engine.ts';
import { evaluateNumber, evaluateObject } from './evaluate.ts';
import type { Bindings } from './expression.ts';
import { dataLimit } from './json.ts';
import { moveOn } from './move-on.ts';
import { type FrameRow, itemStatus } from './rows.ts';
import { checkedData, queryFailure, StateFailure, toData } from './state-failure.ts';
import { evaluateTemplate } from './template.ts';

/** What a Map decided when it was entered; kept in the frame's `arguments`. */
export interface MapSettings {
  maxConcurrency: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
  reader?: { bucket: string; key: string; maxItems?: number };
}

/** Iterations at once where the file sets no limit: 40 is the service's for INLINE; see RuntimeOptions for calls. */
const inlineConcurrency = 40;
const distributedConcurrency = 1000;
/** Iterations that one transition starts. */
const batchSize = 50;

const count = { min: 0, max: 100_000_000, integer: true };

/** States Language, "Map State": takes the items down; the iterations start when the frame is processed again. */
export const enterMap = async (
  engine: Engine,
  frame: FrameRow,
  state: MapState,
  bindings: Bindings,
  enteredAt: number,
): Promise<void> => {
  const most = state.distributed ? distributedConcurrency : inlineConcurrency;
  const asked = (await evaluateNumber(state.maxConcurrency, 'MaxConcurrency', bindings, count)) || most;
  const failures = await evaluateNumber(
    state.toleratedFailureCount,
    'ToleratedFailureCount',
    bindings,
    count,
  );
  const percentage = await evaluateNumber(
    state.toleratedFailurePercentage,
    'ToleratedFailurePercentage',
    bindings,
    {
      min: 0,
      max: 100,
      integer: false,
    },
  );
  const settings: MapSettings = {
    maxConcurrency: Math.min(asked, most),
    ...(failures === undefined ? {} : { toleratedFailureCount: failures }),
    ...(percentage === undefined ? {} : { toleratedFailurePercentage: percentage }),
  };
  const items = state.itemReader ? undefined : await evaluateItems(frame, state, bindings);
  if (state.itemReader) settings.reader = await evaluateReader(state.itemReader, bindings);
  const { store } = engine;
  store.write('MapStarted', () => {
    store.saveFrame({
      ...frame,
      phase: items ? 'children' : 'read',
      enteredAt,
      wakeAt: null,
      arguments: JSON.stringify(settings),
      total: items?.length ?? 0,
    });
    insertItems(engine, frame.id, 0, items ?? []);
    store.journal('MapStarted', engine.now(), frame.execution, frame);
    engine.wake(frame.id);
  });
};

const evaluateItems = async (frame: FrameRow, state: MapState, bindings: Bindings): Promise<string[]> => {
  const items = state.items
    ? await evaluateTemplate(state.items, bindings)
    : (JSON.parse(frame.input) as unknown);
  if (!Array.isArray(items)) throw queryFailure('Items', 'an array is due here');
  return items.map((item) => toData(item, 'Items'));
};

const evaluateReader = async (
  reader: NonNullable<MapState['itemReader']>,
  bindings: Bindings,
): Promise<NonNullable<MapSettings['reader']>> => {
  const { Bucket, Key, ...others } = await evaluateObject(reader.arguments, 'ItemReader/Arguments', bindings);
  if (typeof Bucket !== 'string' || typeof Key !== 'string' || Object.keys(others).length > 0) {
    throw queryFailure('ItemReader/Arguments', 'Bucket and Key, strings, are due here, and nothing else');
  }
  const maxItems = await evaluateNumber(reader.maxItems, 'MaxItems', bindings, { ...count, min: 1 });
  return { bucket: Bucket, key: Key, ...(maxItems === undefined ? {} : { maxItems }) };
};

/** Inside a write: items in JSON text, numbered from `first`. */
export const insertItems = (engine: Engine, frame: number, first: number, items: readonly string[]): void => {
  items.forEach((item, index) => {
    engine.store.run(
      'INSERT INTO workflow_item (frame, idx, status, value) VALUES (?, ?, ?, ?)',
      frame,
      first + index,
      itemStatus.pending,
      item,
    );
  });
};

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
