import { batchesOfUids, largeBytes } from './batch.ts';
import { type Identity, identify } from './canonical.ts';
import type { ImapConnection } from './imap/connection.ts';
import { fetchBodies, fetchLarge } from './imap/fetch-bodies.ts';
import { fetchList } from './imap/fetch-list.ts';
import { secondsOf } from './lines.ts';

/** A message to be looked for: by its size first, so that few are read. */
export interface Sought {
  uid: number;
  identity: Identity;
  /** Of INTERNALDATE: among equal copies the one of the same instant is meant. */
  seconds?: number | undefined;
}

/** Which messages our own attempts stored: from this UID on, not before this instant (seconds). */
export interface Own {
  from: number;
  since: number;
}

const day = 86_400;

/**
 * Looks before anything is stored: which messages are in the target's selected folder already, from an earlier attempt
 * whose answer was lost, from another run, or from before. Only equal content counts, never a header alone.
 */
export class Look {
  readonly #target: ImapConnection;
  readonly #sizes: Map<number, number[]>;
  readonly #seen = new Map<number, { sha256: string; canonicalSha256: string }>();
  /** Seconds of INTERNALDATE. */
  readonly #dates: Map<number, number | undefined>;
  /** From this UID on a copy of another instant is the copy of another message, however equal its content. */
  readonly #datedFrom: number;

  private constructor(
    target: ImapConnection,
    sizes: Map<number, number[]>,
    dates: Map<number, number | undefined>,
    own: Own | undefined,
  ) {
    this.#target = target;
    this.#sizes = sizes;
    this.#dates = dates;
    // A server that ignores our dates stamps the moment of arrival: an older one proves that it keeps them.
    const keeps =
      own &&
      [...dates].some(([uid, date]) => uid >= own.from && date !== undefined && date < own.since - day);
    this.#datedFrom = keeps ? own.from : Number.POSITIVE_INFINITY;
  }

  /** Lists what there is from this UID on, without those that are known to be other messages. */
  static async begin(
    target: ImapConnection,
    exists: number,
    from: number,
    others: ReadonlySet<number>,
    own?: Own,
  ): Promise<Look> {
    const sizes = new Map<number, number[]>();
    const dates = new Map<number, number | undefined>();
    if (exists > 0) {
      await fetchList(
        target,
        'UID FETCH',
        `${from}:*`,
        '(UID INTERNALDATE RFC822.SIZE)',
        ({ uid, size, date }) => {
          // `5:*` gives the last message even when its UID is lower.
          if (uid < from) return;
          dates.set(uid, secondsOf(date));
          if (others.has(uid)) return;
          const uids = sizes.get(size);
          if (!uids) sizes.set(size, [uid]);
          else if (!uids.includes(uid)) uids.push(uid);
        },
      );
    }
    return new Look(target, sizes, dates, own);
  }

  get nothingThere(): boolean {
    return this.#sizes.size === 0;
  }

  /** Messages that were not found to be any of those sought. */
  get left(): number {
    let count = 0;
    for (const uids of this.#sizes.values()) count += uids.length;
    return count;
  }

  /** UID at the source -> UID at the target; each message at the target answers for one only. */
  async find(sought: readonly Sought[]): Promise<Map<number, { target: number; exact: boolean }>> {
    const found = new Map<number, { target: number; exact: boolean }>();
    if (this.nothingThere) return found;
    await this.#read(sought.flatMap(({ identity }) => this.#candidates(identity)));
    for (const dated of [true, false]) {
      for (const { uid, identity, seconds } of sought) {
        if (found.has(uid)) continue;
        const alike = this.#candidates(identity).filter(
          (one) =>
            this.#isSame(one.uid, identity) &&
            (this.#dates.get(one.uid) === seconds ||
              (!dated && (one.uid < this.#datedFrom || seconds === undefined))),
        );
        const same = alike.find((one) => this.#seen.get(one.uid)?.sha256 === identity.sha256) ?? alike[0];
        if (!same) continue;
        found.set(uid, { target: same.uid, exact: this.#seen.get(same.uid)?.sha256 === identity.sha256 });
        this.#take(same);
      }
    }
    return found;
  }

  /** As find, for one, without taking it. */
  async has({ identity, seconds }: Sought): Promise<boolean> {
    await this.#read(this.#candidates(identity));
    return this.#candidates(identity).some(
      ({ uid }) => this.#isSame(uid, identity) && (uid < this.#datedFrom || this.#dates.get(uid) === seconds),
    );
  }

  #isSame(uid: number, identity: Identity): boolean {
    const seen = this.#seen.get(uid);
    return seen?.sha256 === identity.sha256 || seen?.canonicalSha256 === identity.canonicalSha256;
  }

  #candidates({ size, canonicalSize }: Identity): { uid: number; size: number }[] {
    return [...new Set([size, canonicalSize])].flatMap((size) =>
      (this.#sizes.get(size) ?? []).map((uid) => ({ uid, size })),
    );
  }

  #take({ uid, size }: { uid: number; size: number }): void {
    const rest = (this.#sizes.get(size) ?? []).filter((other) => other !== uid);
    if (rest.length > 0) this.#sizes.set(size, rest);
    else this.#sizes.delete(size);
    this.#seen.delete(uid);
  }

  async #read(candidates: { uid: number; size: number }[]): Promise<void> {
    const wanted = new Map(candidates.filter(({ uid }) => !this.#seen.has(uid)).map((one) => [one.uid, one]));
    const all = [...wanted.values()];
    for (const { uid } of all.filter(({ size }) => size > largeBytes)) {
      await fetchLarge(this.#target, uid, async (_, body) => this.#see(uid, await identify(body)));
    }
    const batches = batchesOfUids(all.filter(({ size }) => size <= largeBytes));
    await fetchBodies(this.#target, batches, async (uid, body) => this.#see(uid, await identify([body])));
  }

  #see(uid: number, { sha256, canonicalSha256 }: Identity): void {
    this.#seen.set(uid, { sha256, canonicalSha256 });
  }
}
