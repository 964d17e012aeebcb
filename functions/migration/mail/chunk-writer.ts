import { randomBytes } from 'node:crypto';
import { TransientError } from '../../case/errors.ts';
import { emptyForecast, type Forecast, foreseeLine } from '../forecast.ts';
import { chunkObjects, inventoryState } from '../keys.ts';
import { linesOf, readJson, writeJson } from '../ndjson.ts';
import { isShort } from './inventory-lines.ts';
import type { MailJob } from './job.ts';
import type { MailLine } from './lines.ts';
import { keepOrder } from './planned-accounts.ts';

/** Messages and bytes to be moved by one chunk, and lines of a chunk with those that need no work. */
const most = { messages: 16_000, bytes: 32 * 1024 * 1024, lines: 20_000 };

/**
 * Chunks that one call moves, one after the other over the same connections: `chunk`, and those that follow it as far as
 * `through`. A line of the list that the state machine goes through.
 */
export interface ChunkRow {
  chunk: number;
  through?: number;
}

/** How far the sources have been listed. The first names are what progress.ts reads. */
export interface InventoryState {
  segments: string[];
  objects: number;
  bytes: number;
  startedAt: string;
  complete: boolean;
  /** Names this plan's chunks. */
  plan: string;
  /** Who writes it: two inventories at once cannot go on both. */
  writer: string;
  chunks: number;
  /** Numbers of the chunks that need work. */
  work: number[];
  /** Those that are moved by the call that moves the one before, where that needs work too. */
  following: number[];
  bytesToRead: number;
  /** Lines with which nothing is to be done. */
  settled: number;
  /** Accounts that do not open. */
  refused: number;
  /** What the run would move, so far. */
  forecast: Forecast;
  /** To be moved of the present account. */
  accountBytes: number;
  /** Aliases, forwarding and lists that are in a chunk. */
  settings: number;
  /** Where to go on: an account, one of its folders, and the last UID that is in a chunk. */
  account: number;
  mailbox: number;
  after: number;
}

/** Cuts the lines of an inventory into chunks as they come; a chunk belongs to one account. */
export class ChunkWriter {
  readonly state: InventoryState;
  readonly #job: MailJob;
  #lines: MailLine[] = [];
  #following = false;
  #messages = 0;
  #bytes = 0;

  private constructor(job: MailJob, state: InventoryState) {
    this.#job = job;
    this.state = state;
  }

  static async begin(job: MailJob): Promise<ChunkWriter> {
    const stored = await readJson<InventoryState>(job.objects, inventoryState(job));
    if (!stored) await keepOrder(job, job.accounts);
    const state = stored ?? {
      segments: [],
      objects: 0,
      bytes: 0,
      startedAt: new Date().toISOString(),
      complete: false,
      plan: randomBytes(8).toString('hex'),
      writer: '',
      chunks: 0,
      work: [],
      following: [],
      bytesToRead: 0,
      settled: 0,
      refused: 0,
      forecast: emptyMailForecast(),
      accountBytes: 0,
      settings: 0,
      account: 0,
      mailbox: -1,
      after: 0,
    };
    // A list that was begun before there were rows.
    state.following ??= [];
    state.writer = randomBytes(8).toString('hex');
    await writeJson(job.objects, inventoryState(job), state);
    return new ChunkWriter(job, state);
  }

  /** The chunk that begins with this line is moved after the one before, not beside it, when `following` says so. */
  async add(line: MailLine, following = false): Promise<void> {
    const full =
      this.#messages >= most.messages ||
      (this.#messages > 0 && this.#bytes + line.size > most.bytes) ||
      this.#lines.length >= most.lines;
    if (full) await this.flush();
    if (this.#lines.length === 0) this.#following = following;
    this.#lines.push(line);
    foreseeMail(this.state.forecast, line);
    if (line.outcome === undefined) {
      this.#messages++;
      if (!line.change) {
        this.#bytes += line.size;
        this.state.accountBytes += line.size;
      }
    }
    this.state.account = line.account;
    this.state.mailbox = line.mailbox;
    this.state.after = line.uid ?? 0;
  }

  /** The chunks that need work. */
  rows(): ChunkRow[] {
    const following = new Set(this.state.following);
    const rows: Required<ChunkRow>[] = [];
    for (const chunk of this.state.work) {
      const row = rows.at(-1);
      if (row?.through === chunk - 1 && following.has(chunk)) row.through = chunk;
      else rows.push({ chunk, through: chunk });
    }
    return rows;
  }

  /** What was added so far is kept from here on. */
  async flush(): Promise<void> {
    const { state } = this;
    if (this.#lines.length > 0) {
      await this.#job.objects.put(chunkObjects(this.#job, state.plan, state.chunks), linesOf(this.#lines));
      if (this.#messages > 0) {
        state.work.push(state.chunks);
        if (this.#following) state.following.push(state.chunks);
      }
      state.chunks++;
      state.objects += this.#lines.length;
      state.bytes += this.#lines.reduce((sum, line) => sum + line.size, 0);
      state.bytesToRead += this.#bytes;
      state.settled += this.#lines.length - this.#messages;
      this.#lines = [];
      this.#messages = 0;
      this.#bytes = 0;
    }
    const stored = await readJson<InventoryState>(this.#job.objects, inventoryState(this.#job));
    if (stored && stored.writer !== state.writer) {
      throw new TransientError('同じ一覧作成が別に始まったため、こちらは中断しました。');
    }
    await writeJson(this.#job.objects, inventoryState(this.#job), state);
  }
}

/** What has gone from the source is not looked for: it stays at the target in any case. Messages have no names to tell. */
function emptyMailForecast(): Forecast {
  const { gone: _, named: __, ...forecast } = emptyForecast();
  return forecast;
}

/** More mailboxes without room than this are in the ledger only. */
const mostRemarks = 50;

function foreseeMail(forecast: Forecast, line: MailLine): void {
  const { outcome, ...made } = line;
  // Of a message that is there only marks change.
  if (line.change) foreseeLine(forecast, { ...line, size: 0 }, true);
  else if (line.kind === 'mailbox' && outcome === 'moved') foreseeLine(forecast, made, false);
  else foreseeLine(forecast, line, false);
  if (isShort(line) && forecast.remarks.length < mostRemarks)
    forecast.remarks.push(`${line.path?.slice(2)}: ${line.remark}`);
}
