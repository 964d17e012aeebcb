import { randomBytes } from 'node:crypto';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { linesOf, readBatches, readJson, writeJson } from './ndjson.ts';
import type { ObjectLine } from './object-line.ts';
import type { NameCounts } from './web/names/count-names.ts';

/** How far the source has been listed. Each attempt writes segments of its own names, and the state lists them. */
export interface InventoryState {
  segments: string[];
  /** Position (base64 of a path) of the last object written. */
  after?: string;
  objects: number;
  bytes: number;
  startedAt: string;
  /** What the bytes of the names say about their encoding. */
  names?: NameCounts;
  /** Web: the newest time of the source, by its own clock (seconds); none that lies in our future. */
  newest?: number;
  complete: boolean;
}

const segmentLines = 10_000;

/** Writes an inventory in segments; what was flushed is kept if the step ends early or dies. */
export class InventoryWriter {
  readonly state: InventoryState;
  readonly #job: TransferJob;
  readonly #attempt = randomBytes(8).toString('hex');
  /** Lines that are in no segment yet, as they are written down: objects of the heap would be copied about. */
  #written: Buffer[] = [];
  #lines = 0;

  private constructor(job: TransferJob, state: InventoryState) {
    this.#job = job;
    this.state = state;
  }

  static async begin(job: TransferJob): Promise<InventoryWriter> {
    const stored = await readJson<InventoryState>(job.objects, keys.inventoryState(job));
    return new InventoryWriter(
      job,
      stored ?? { segments: [], objects: 0, bytes: 0, startedAt: new Date().toISOString(), complete: false },
    );
  }

  /** `position` is that of the last line. */
  async add(lines: readonly ObjectLine[], position: Buffer): Promise<void> {
    this.#written.push(linesOf(lines));
    this.#lines += lines.length;
    this.state.objects += lines.length;
    for (const line of lines) if (line.kind === 'file') this.state.bytes += line.size;
    this.state.after = position.toString('base64');
    if (this.#lines >= segmentLines) await this.flush();
  }

  async flush(complete = false): Promise<void> {
    if (this.#lines > 0) {
      const key = keys.inventorySegment(this.#job, this.#attempt, this.state.segments.length);
      await this.#job.objects.put(key, Buffer.concat(this.#written));
      this.state.segments.push(key);
      this.#written = [];
      this.#lines = 0;
    }
    this.state.complete = complete;
    await writeJson(this.#job.objects, keys.inventoryState(this.#job), this.state);
  }
}

export async function* readInventory(job: TransferJob, state: InventoryState): AsyncGenerator<ObjectLine[]> {
  for (const segment of state.segments) yield* readBatches<ObjectLine>(job.objects, segment);
}
