import type { DatabaseLine } from '../line.ts';
import type { ContentEnd } from './content-end.ts';
import type { ContentState, Place } from './content-state.ts';
import { added, noRows } from './table-sums.ts';

/** Text of the rows that stand in the copy at once. */
const batchBytes = 32 * 1024 * 1024;

/** Sums a dump's rows, batch by batch; what is in `state` is always the sums of all rows up to its place. */
export class RowSums {
  readonly #end: ContentEnd;
  readonly #state: ContentState;
  readonly #save: () => Promise<void>;
  #line: DatabaseLine | undefined;
  #bytes = 0;
  #unsaved = 0;
  #place: Place;

  constructor(end: ContentEnd, state: ContentState, save: () => Promise<void>) {
    this.#end = end;
    this.#state = state;
    this.#save = save;
    this.#place = state.place;
  }

  /** `put` brings the rows into the copy of the line's table; `place` is behind them. */
  async take(line: DatabaseLine, bytes: number, place: Place, put: () => Promise<void>): Promise<void> {
    const path = line.path ?? '';
    if (this.#state.counted[path] !== undefined) return;
    if (this.#line?.path !== line.path) await this.flush();
    try {
      if (!this.#line) {
        if (!(await this.#end.has(line))) return;
        const cut = this.#state.dump[path] ? undefined : await this.#end.cutOf(line);
        this.#state.dump[path] ??= { ...(cut && { cut }), sums: noRows };
        await this.#end.open(line);
        this.#line = line;
      }
      await put();
    } catch (error) {
      return this.#countOnly(line, error);
    }
    this.#bytes += bytes;
    this.#place = place;
    if (this.#bytes >= batchBytes) await this.flush();
  }

  /** Adds what stands in the copy to the state, and empties it. */
  async flush(): Promise<void> {
    const line = this.#line;
    if (!line) return;
    const table = this.#state.dump[line.path ?? '']!;
    try {
      table.sums = added(table.sums, await this.#end.sumsOfCopy(line, table.cut));
    } catch (error) {
      return this.#countOnly(line, error);
    }
    await this.#end.drop();
    this.#line = undefined;
    this.#state.place = this.#place;
    this.#unsaved += this.#bytes;
    this.#bytes = 0;
    if (this.#unsaved < batchBytes) return;
    this.#unsaved = 0;
    await this.#save();
  }

  async #countOnly(line: DatabaseLine, error: unknown): Promise<void> {
    const why = this.#end.whyRefused(error);
    if (why === undefined) throw error;
    this.#line = undefined;
    this.#bytes = 0;
    await this.#end.drop();
    const path = line.path ?? '';
    delete this.#state.dump[path];
    this.#state.counted[path] = why;
  }
}
