import type { Actor, Case, HistoryEntry, OutboxEntry } from './case.ts';
import { type Step, stageAfter } from './lifecycle.ts';
import type { Change } from './ports.ts';

type Sent = OutboxEntry extends infer E
  ? E extends OutboxEntry
    ? Omit<E, 'id' | 'caseId' | 'createdAt'>
    : never
  : never;

/** Who decides what, and when. */
export interface Authorship {
  at: Date;
  actor: Actor;
  by: string;
}

/**
 * One decision about one case: a working copy, with the history and the outbox entries that belong to it.
 * Committed whole (ports.ts, Change), so that no effect is ever without its record and no record without its effect.
 */
export class Decision {
  readonly case: Case;
  readonly at: string;
  readonly #author: Authorship;
  readonly #history: HistoryEntry[] = [];
  readonly #outbox: OutboxEntry[] = [];
  readonly #links: { sha256: string; taskId: string }[] = [];

  constructor(before: Case, author: Authorship) {
    this.case = structuredClone(before);
    this.#author = author;
    this.at = author.at.toISOString();
  }

  get by(): string {
    return this.#author.by;
  }

  get touched(): boolean {
    return this.#history.length > 0 || this.#outbox.length > 0;
  }

  note(what: string, details: HistoryEntry['details'] = {}): void {
    const { actor, by } = this.#author;
    // Ascending over the whole case without counting it: a thousand entries fit into one decision.
    const number = this.case.version * 1000 + this.#history.length + 1;
    this.#history.push({ caseId: this.case.id, number, at: this.at, actor, by, what, details });
  }

  advance(step: Step): void {
    const from = this.case.stage;
    this.case.stage = stageAfter(from, step);
    this.note('stage-changed', { step, from, to: this.case.stage });
  }

  /** The id comes from the version that the decision makes: stable however often the entry is delivered. */
  send(entry: Sent): void {
    const id = `${this.case.id}-${this.case.version + 1}-${this.#outbox.length + 1}`;
    this.#outbox.push({ ...entry, id, caseId: this.case.id, createdAt: this.at } as OutboxEntry);
  }

  link(sha256: string, taskId: string): void {
    this.#links.push({ sha256, taskId });
  }

  toChange(): Change {
    const expectedVersion = this.case.version;
    this.case.version += 1;
    this.case.updatedAt = this.at;
    return {
      expectedVersion,
      case: this.case,
      history: this.#history,
      outbox: this.#outbox,
      links: this.#links,
    };
  }
}
