import type { MapState } from './definition.ts';
import type { Engine } from './engine.ts';
import { evaluateNumber, evaluateObject } from './evaluate.ts';
import type { Bindings } from './expression.ts';
import { type FrameRow, itemStatus } from './rows.ts';
import { queryFailure, toData } from './state-failure.ts';
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
