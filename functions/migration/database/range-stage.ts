import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { TransferJob } from '../job.ts';
import * as keys from '../keys.ts';
import { stagePack, unstagePack } from '../staging.ts';

/** Of the rows in a staged copy. What an earlier form has staged is read from the source again. */
const format = 2;

/** A part of a table as it was read: where its staged copy lies, in the order of its packs. */
export interface StagedRange {
  format: number;
  attempt: string;
  packs: number;
  rows: number;
  bytes: number;
  sha256: string;
}

interface Place {
  job: TransferJob;
  plan: string;
  chunk: number;
  range: number;
  dataKey: Buffer;
  room: StageRoom;
}

const packBytes = 4 * 1024 * 1024;

/**
 * Where packs are gathered and sealed, over and over, one part after the other: as buffers of their own they would be most of
 * what the garbage collector has to do.
 */
export class StageRoom {
  readonly pack = Buffer.allocUnsafeSlow(packBytes);
  readonly sealed = Buffer.allocUnsafeSlow(packBytes + 4096);
}

/** Bytes on their way to the target. */
export const buffered = 512 * 1024;

/** Stages what is read, pack by pack; each attempt under names of its own, so that two at once do not mix. */
export class RangeStage {
  readonly #place: Place;
  readonly #attempt = randomBytes(8).toString('hex');
  readonly #hash = createHash('sha256');
  #at = 0;
  #packs = 0;
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(place: Place) {
    this.#place = place;
  }

  async add(piece: Buffer): Promise<void> {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    for (let from = 0; from < piece.length; ) {
      const copied = piece.copy(this.#place.room.pack, this.#at, from);
      this.#at += copied;
      from += copied;
      if (this.#at === packBytes) await this.#flush();
    }
  }

  /** The mark that the copy is whole is written last. */
  async finish(rows: number): Promise<StagedRange> {
    if (this.#at > 0) await this.#flush();
    await this.#writing;
    const staged = {
      format,
      attempt: this.#attempt,
      packs: this.#packs,
      rows,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
    };
    const { job, dataKey } = this.#place;
    await stagePack(job.objects, dataKey, markKey(this.#place), { header: staged, contents: [] });
    return staged;
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const { job, dataKey, room } = this.#place;
    const key = packKey(this.#place, this.#attempt, this.#packs++);
    // It is sealed before this returns, so that the next pack may be gathered while this one is written.
    const contents = [room.pack.subarray(0, this.#at)];
    this.#writing = stagePack(job.objects, dataKey, key, { header: {}, contents }, room.sealed);
    this.#at = 0;
    // Awaited by the next flush: until then a failure is nobody's unhandled one.
    this.#writing.catch(() => undefined);
  }
}

/** The whole staged copy of a part, or undefined: then the source is read. */
export async function stagedRange(place: Place): Promise<StagedRange | undefined> {
  const { job, dataKey } = place;
  const staged = (await unstagePack<StagedRange>(job.objects, dataKey, markKey(place)))?.header;
  return staged?.format === format ? staged : undefined;
}

/** Fails with StagedCopyBroken when a pack is not what was staged. */
export function readStaged(place: Place, staged: StagedRange): Readable {
  return Readable.from(packs(place, staged), { objectMode: false, highWaterMark: buffered });
}

export class StagedCopyBroken extends Error {
  override name = 'StagedCopyBroken';
}

async function* packs(place: Place, staged: StagedRange): AsyncGenerator<Buffer> {
  const { job, dataKey } = place;
  const hash = createHash('sha256');
  for (let number = 0; number < staged.packs; number++) {
    const pack = await unstagePack(job.objects, dataKey, packKey(place, staged.attempt, number));
    if (!pack) throw new StagedCopyBroken('A pack of the staged copy is missing or damaged.');
    for (const content of pack.contents) {
      hash.update(content);
      yield content;
    }
  }
  if (hash.digest('hex') !== staged.sha256)
    throw new StagedCopyBroken('The staged copy is not what was read.');
}

function markKey({ job, plan, chunk, range }: Place): string {
  return keys.stagedPack(job, plan, chunk, String(range));
}

function packKey({ job, plan, chunk, range }: Place, attempt: string, number: number): string {
  return keys.stagedPack(job, plan, chunk, `${range}-${attempt}-${number}`);
}

export type { Place as RangePlace };
