import type { Objects } from '../case/ports.ts';
import { bytesToRead } from './chunk.ts';
import { arrived } from './delta.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { readJson, writeJson } from './ndjson.ts';
import type { ObjectLine } from './object-line.ts';

export interface Amount {
  objects: number;
  /** Of files and messages. */
  bytes: number;
}

/** What a run would move, known when its inventory is done and before anything is copied (a dry run). */
export interface Forecast {
  /** All objects of the source, and of each kind. */
  all: Amount;
  kinds: Record<string, Amount>;
  /** Not at the target by the run before. */
  new: Amount;
  /** Changed since, or to be read again because its time proves nothing. */
  changed: Amount;
  unchanged: Amount;
  skipped: Amount;
  /** Gone from the source since the run before; stays at the target. Absent where it is not looked for. */
  gone?: Amount;
  /** Some of what is new, changed and gone, in inventory order. */
  named?: Record<Named, Name[]>;
  /** Why objects are left out, the most frequent first, with some of each. */
  reasons: { why: string; objects: number; examples: Name[] }[];
  /** Files with further names at the source: each becomes a file of its own. */
  hardLinks: number;
  bytesToRead: number;
  /** Pieces of work. */
  chunks: number;
  /** For people: how file names are dealt with, and what else is worth knowing. */
  remarks: string[];
  /** For people, before the run: what its verification tells in its own way. */
  warnings?: string[];
}

type Name = Pick<ObjectLine, 'path' | 'pathBase64'>;
type Named = 'new' | 'changed' | 'gone';

const mostReasons = 50;
const mostExamples = 5;
const mostNamed = 50;

export function emptyForecast(): Forecast {
  const none = (): Amount => ({ objects: 0, bytes: 0 });
  return {
    ...{ all: none(), kinds: {}, new: none(), changed: none(), unchanged: none(), skipped: none() },
    ...{
      gone: none(),
      named: { new: [], changed: [], gone: [] },
      reasons: [],
      hardLinks: 0,
      bytesToRead: 0,
      chunks: 0,
      remarks: [],
    },
  };
}

/** Counts a planned line, and what the run before knew of it; without a line it has gone from the source. */
export function foresee(
  forecast: Forecast,
  line: ObjectLine | undefined,
  known: ObjectLine | undefined,
): void {
  const there = known && arrived(known);
  if (!line) {
    if (!there || !forecast.gone) return;
    add(forecast.gone, known);
    nameOne(forecast, 'gone', known);
    return;
  }
  foreseeLine(forecast, line, there === true);
}

/** Counts a planned line; `there`: another state of it is at the target. */
export function foreseeLine(forecast: Forecast, line: ObjectLine, there: boolean): void {
  add(forecast.all, line);
  forecast.kinds[line.kind] ??= { objects: 0, bytes: 0 };
  add(forecast.kinds[line.kind]!, line);
  forecast.bytesToRead += bytesToRead(line);
  if (line.hardLinks !== undefined) forecast.hardLinks += 1;
  if (line.outcome === 'skipped') {
    add(forecast.skipped, line);
    addReason(forecast, line);
  } else if (line.outcome) add(forecast.unchanged, line);
  else {
    const kind = there ? 'changed' : 'new';
    add(forecast[kind], line);
    nameOne(forecast, kind, line);
  }
}

export async function writeForecast(job: TransferJob, forecast: Forecast): Promise<void> {
  forecast.reasons.sort((a, b) => b.objects - a.objects);
  await writeJson(job.objects, keys.forecast(job), forecast);
}

/** Undefined before the inventory of the run is done. */
export function readForecast(
  objects: Objects,
  run: Pick<TransferJob, 'caseId' | 'plan' | 'run'>,
): Promise<Forecast | undefined> {
  return readJson<Forecast>(objects, keys.forecast(run));
}

function add(amount: Amount, { kind, size }: ObjectLine): void {
  amount.objects += 1;
  if (kind === 'file' || kind === 'message') amount.bytes += size;
}

function addReason({ reasons }: Forecast, line: ObjectLine): void {
  const { why = '' } = line;
  let reason = reasons.find((one) => one.why === why);
  if (!reason) {
    if (reasons.length >= mostReasons) return;
    reason = { why, objects: 0, examples: [] };
    reasons.push(reason);
  }
  reason.objects += 1;
  if (reason.examples.length < mostExamples) reason.examples.push(nameOf(line));
}

function nameOne({ named }: Forecast, kind: Named, line: ObjectLine): void {
  if (named && named[kind].length < mostNamed) named[kind].push(nameOf(line));
}

function nameOf({ path, pathBase64 }: ObjectLine): Name {
  return { ...(path !== undefined && { path }), ...(pathBase64 !== undefined && { pathBase64 }) };
}
