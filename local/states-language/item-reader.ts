import type { MapState } from './definition.ts';
import type { Engine } from './engine.ts';
import { dataLimit } from './json.ts';
import { insertItems, type MapSettings } from './map-state.ts';
import type { FrameRow } from './rows.ts';
import { StateFailure } from './state-failure.ts';
import { StaleFrameError } from './store.ts';

/** Items that one transition takes down. */
const batchSize = 500;
/** A JSON array is parsed whole, JSON lines are not: longest array in bytes. */
const largestArray = 67_108_864;

const readerFailure = (reason: string) => new StateFailure('States.ItemReaderFailed', reason);

/** Lines of UTF-8, however the bytes are cut; the memory is one line and one chunk. */
async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > dataLimit) throw readerFailure(`A line is longer than ${dataLimit} bytes`);
  }
  yield rest + decoder.decode();
}

async function* readItems(type: 'JSON' | 'JSONL', bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  if (type === 'JSONL') {
    let number = 0;
    for await (const line of readLines(bytes)) {
      number += 1;
      if (line.trim() === '') continue;
      if (Buffer.byteLength(line) > dataLimit)
        throw readerFailure(`Line ${number} is longer than ${dataLimit} bytes`);
      try {
        yield JSON.stringify(JSON.parse(line));
      } catch {
        throw readerFailure(`Line ${number} is not JSON`);
      }
    }
    return;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > largestArray) throw readerFailure(`The array is longer than ${largestArray} bytes; use JSONL`);
    chunks.push(chunk);
  }
  const array: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!Array.isArray(array)) throw readerFailure('The object is not a JSON array');
  for (const item of array) yield JSON.stringify(item);
}

/**
 * Takes the items of a distributed Map down from the object, in batches; a crash in between begins again. Throws
 * States.ItemReaderFailed.
 */
export const readMapItems = async (engine: Engine, frame: FrameRow, state: MapState): Promise<void> => {
  const { reader } = JSON.parse(frame.arguments!) as MapSettings;
  const { bucket, key, maxItems } = reader!;
  const { store } = engine;
  let batch: string[] = [];
  let total = 0;
  const save = (isLast: boolean) =>
    store.write('ItemsRead', () => {
      if (store.frame(frame.id)?.version !== frame.version)
        throw new StaleFrameError('The Map ended meanwhile.');
      if (total === 0) store.run('DELETE FROM workflow_item WHERE frame = ?', frame.id);
      insertItems(engine, frame.id, total, batch);
      total += batch.length;
      batch = [];
      if (!isLast) return;
      store.saveFrame({ ...frame, phase: 'children', total });
      store.journal('ItemsRead', engine.now(), frame.execution, frame);
      engine.wake(frame.id);
    });
  try {
    for await (const item of readItems(state.itemReader!.inputType, engine.options.readObject(bucket, key))) {
      batch.push(item);
      if (total + batch.length === maxItems) break;
      if (batch.length >= batchSize) save(false);
    }
  } catch (error) {
    if (error instanceof StateFailure || error instanceof StaleFrameError || store.isClosed) throw error;
    throw readerFailure(`${bucket}/${key} could not be read: ${(error as Error).message}`);
  }
  save(true);
};
