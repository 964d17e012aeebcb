import { randomBytes } from 'node:crypto';
import type { TransferSummary } from '../case/case.ts';
import type { TransferJob } from './job.ts';
import * as keys from './keys.ts';
import { linesOf, readJson, writeJson } from './ndjson.ts';
import type { ObjectLine } from './object-line.ts';
import type { Plan } from './plan-chunks.ts';
import type { Sha256State } from './resumable-sha256.ts';
import { shortened, shownName } from './shown-name.ts';
import { writeSummary } from './summary.ts';
import { remarksOf } from './verification-remarks.ts';

type Named = Pick<ObjectLine, 'path' | 'pathBase64' | 'targetPath' | 'targetPathBase64'>;

/** What staff look at: everything that is not a plain match. */
export type ReportLine = Pick<ObjectLine, keyof Named | 'kind' | 'remark'> & {
  result:
    | 'altered'
    | 'skipped'
    | 'differs' // the target is not what was delivered, or not what the source has
    | 'missing' // not at the target
    | 'replaced-at-target' // something else had stood there
    | 'kept-at-target' // changed there after it had arrived, and not at the source
    | 'unrecorded' // the ledger has no outcome
    | 'not-fixed' // an approved fix is not in it
    | 'changed-at-source' // after it was copied: for the next run
    | 'only-in-source' // not in the inventory: for the next run
    | 'only-in-target'; // never deleted
};

export interface Counts {
  objects: number;
  bytes: number;
  moved: number;
  altered: number;
  skipped: number;
  unchanged: number;
  unexplained: number;
}

/** What a page reads while a verification is at work; `seconds` that it has been. */
export interface Verified {
  objects: number;
  bytes: number;
  seconds: number;
}

/** How far both ends have been read again. */
export interface VerifyState {
  /** Chunks whose directories still have to be finished, from the last to the first. */
  directories: number;
  /** The next line to compare, and the position (base64) behind which both ends are listed on. */
  chunk: number;
  line: number;
  after?: string;
  /** Directories (base64) at the target only, of whose content nothing is told. */
  passedOver: string[];
  /** Large files of the present batch, as far as they are hashed; keyed by end and path. */
  hashing: Record<string, Sha256State>;
  /** And those that are hashed to their end, in hex. */
  hashed?: Record<string, string>;
  counts: Counts;
  /** At work so far, in every call. */
  seconds?: number;
  /** Files in which an approved fix is not. */
  notFixed?: number;
  /** Objects of the source that the inventory did not see. */
  onlyInSource?: number;
  /** Objects that the source has changed, or has no more, since they were copied. */
  changedAtSource?: number;
  /** In whose place something else had stood. */
  replaced?: number;
  /** Objects of the target that the source does not have, the uppermost ones. */
  onlyInTarget?: number;
  /** The first that were left out, for people. */
  examples?: NonNullable<TransferSummary['examples']>;
  ledgerParts: string[];
  reportParts: string[];
}

/** Kinds of objects whose size is the customer's data, and not a name's or a definition's. */
const holdsData = new Set<string>(['file', 'message', 'rows']);

const betweenShows = 5_000;

/** As many of what was left out as a page shows; the ledger has all of it. */
export const mostExamples = 10;

/** Gathers what the verification finds; saved as a whole, so that a later call or another process goes on from there. */
export class Verification {
  readonly state: VerifyState;
  readonly #job: TransferJob;
  readonly #plan: Plan;
  readonly #attempt = randomBytes(8).toString('hex');
  /** When it was shown last how far it is, in milliseconds. */
  #shown = Date.now();
  #ledger: ObjectLine[] = [];
  #report: ReportLine[] = [];

  private constructor(job: TransferJob, plan: Plan, state: VerifyState) {
    this.#job = job;
    this.#plan = plan;
    this.state = state;
  }

  static async begin(job: TransferJob, plan: Plan): Promise<Verification> {
    const stored = await readJson<VerifyState>(job.objects, keys.verifyState(job, plan.id));
    const counts = { objects: 0, bytes: 0, moved: 0, altered: 0, skipped: 0, unchanged: 0, unexplained: 0 };
    const verification = new Verification(
      job,
      plan,
      stored ?? {
        directories: plan.chunks,
        chunk: 0,
        line: 0,
        passedOver: [],
        hashing: {},
        counts,
        ledgerParts: [],
        reportParts: [],
      },
    );
    await verification.#show();
    return verification;
  }

  /** Lines that are not saved yet. */
  get unsaved(): number {
    return this.#ledger.length + this.#report.length;
  }

  /** A line of the ledger with what was seen; it is counted once, as what it is or as unexplained. */
  add(line: ObjectLine): void {
    const { counts } = this.state;
    this.#ledger.push(line);
    counts.objects += 1;
    if (line.replaced) {
      this.state.replaced = (this.state.replaced ?? 0) + 1;
      this.tell(line, 'replaced-at-target', '移行先にあった同じ名前の別のものを置き換えました');
    }
    const explained = line.outcome === 'skipped' || line.verified === 'match' || line.verified === 'kept';
    if (!line.outcome || !explained) {
      counts.unexplained += 1;
      this.tell(line, resultOf(line), line.remark);
      return;
    }
    counts[line.outcome] += 1;
    if (line.notFixed !== undefined) {
      this.state.notFixed = (this.state.notFixed ?? 0) + 1;
      this.tell(line, 'not-fixed', line.notFixed);
    }
    const carried = line.outcome === 'moved' || line.outcome === 'altered';
    if (carried && holdsData.has(line.kind) && line.verified === 'match') counts.bytes += line.size;
    if (line.verified === 'kept') this.tell(line, 'kept-at-target', line.how ?? line.remark);
    else if (line.outcome === 'skipped') this.#leftOut(line);
    else if (line.outcome === 'altered') this.tell(line, 'altered', line.how);
  }

  #leftOut(line: ObjectLine): void {
    this.tell(line, 'skipped', line.why);
    this.state.examples ??= [];
    if (this.state.examples.length >= mostExamples) return;
    const reason = shortened(line.why ?? '理由は移行記録にあります');
    this.state.examples.push({ object: shownName(line), reason });
  }

  /**
   * An object of the source that the inventory did not see: for the next run, whatever its time says. Servers' clocks are
   * wrong, and what is put back from an archive is old when it is new. People read how many there are.
   */
  addUnlisted(line: ObjectLine): void {
    this.state.onlyInSource = (this.state.onlyInSource ?? 0) + 1;
    this.tell(line, 'only-in-source', line.remark);
  }

  /** An object of the target that the source does not have, or has no more: it stays. */
  addForeign(line: ObjectLine): void {
    this.state.onlyInTarget = (this.state.onlyInTarget ?? 0) + 1;
    this.tell(line, 'only-in-target', '移行元にありません(削除しません)');
  }

  /** What was copied is what the source was then: no fault of the copy, whatever `add` said of it. */
  addChanged(line: ObjectLine, change: string): void {
    this.state.changedAtSource = (this.state.changedAtSource ?? 0) + 1;
    this.tell(line, 'changed-at-source', change);
  }

  tell(line: ObjectLine, result: ReportLine['result'], remark?: string): void {
    const { path, pathBase64, targetPath, targetPathBase64, kind } = line;
    this.#report.push({
      result,
      ...(path !== undefined && { path }),
      ...(pathBase64 !== undefined && { pathBase64 }),
      ...(targetPath !== undefined && { targetPath }),
      ...(targetPathBase64 !== undefined && { targetPathBase64 }),
      kind,
      ...(remark !== undefined && { remark }),
    });
  }

  /** Called after every piece of work; what people see of it is seconds old. */
  async show(): Promise<void> {
    if (Date.now() - this.#shown >= betweenShows) await this.#show();
  }

  async #show(): Promise<void> {
    const now = Date.now();
    this.state.seconds = (this.state.seconds ?? 0) + Math.max(0, now - this.#shown) / 1000;
    this.#shown = now;
    const { counts, seconds } = this.state;
    const verified: Verified = { objects: counts.objects, bytes: counts.bytes, seconds };
    await writeJson(this.#job.objects, keys.verifyProgress(this.#job, this.#plan.id), verified);
  }

  async save(): Promise<void> {
    await this.#show();
    const { objects } = this.#job;
    if (this.#ledger.length > 0) {
      const key = keys.verifiedPart(this.#job, this.#plan.id, this.#attempt, this.state.ledgerParts.length);
      await objects.put(key, linesOf(this.#ledger));
      this.state.ledgerParts.push(key);
      this.#ledger = [];
    }
    if (this.#report.length > 0) {
      const key = keys.reportPart(this.#job, this.#plan.id, this.#attempt, this.state.reportParts.length);
      await objects.put(key, linesOf(this.#report));
      this.state.reportParts.push(key);
      this.#report = [];
    }
    await writeJson(objects, keys.verifyState(this.#job, this.#plan.id), this.state);
  }

  /** Writes ledger, report (the summary is its first line) and, last, the summary that says that the run is over. */
  async conclude(remarks: readonly string[] = []): Promise<TransferSummary> {
    await this.save();
    const { objects, plan, run } = this.#job;
    const ledgerKey = keys.ledger(this.#job);
    const finishedAt = new Date().toISOString();
    const told = [...remarks, ...remarksOf(this.state)];
    const summary = {
      ...{ plan, run, ...this.state.counts, ledgerKey, finishedAt },
      ...(told.length > 0 && { remarks: told }),
      ...(this.state.examples && { examples: this.state.examples }),
    };
    await objects.put(ledgerKey, this.#joined(this.state.ledgerParts));
    await objects.put(keys.report(this.#job), this.#joined(this.state.reportParts, linesOf([summary])));
    await writeSummary(objects, this.#job, summary);
    return summary;
  }

  async *#joined(parts: readonly string[], first?: Buffer): AsyncGenerator<Uint8Array> {
    if (first) yield first;
    for (const part of parts) yield* this.#job.objects.get(part);
  }
}

function resultOf(line: ObjectLine): ReportLine['result'] {
  if (!line.outcome) return 'unrecorded';
  return line.verified === 'missing' ? 'missing' : 'differs';
}
