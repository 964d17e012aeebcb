/** The process dies here. */
export class Crash extends Error {
  override name = 'Crash';
}

export type Moment = 'before' | 'after';

/** Every effect on the outside world that the product has, by the port that has it; the runtime's writes come by name. */
export const effects = [
  'records.commit',
  'records.settleOutbox',
  'records.postponeOutbox',
  'objects.put',
  'objects.deleteAll',
  'vault.put',
  'vault.erase',
  'mailer.send',
  'events.publish',
  'workflow.start',
  'workflow.succeed',
] as const;

export interface Target {
  /** Any effect, and any moment, without. */
  place?: Place;
  /** How many times it happens before; 0 for the first. */
  skip: number;
}

export interface Place {
  effect: string;
  moment: Moment;
}

/**
 * One life of the process: every effect passes here. It dies at the target; from then on it has no effect any more, so
 * that whatever still runs in memory changes nothing.
 */
export class Life {
  readonly #target: Target | undefined;
  readonly #seen: (effect: string, moment: Moment) => void;
  #skipped = 0;
  dead = false;

  constructor(target: Target | undefined, seen: (effect: string, moment: Moment) => void) {
    this.#target = target;
    this.#seen = seen;
  }

  before(effect: string): void {
    if (this.dead) throw new Crash('dead already');
    if (this.#hits(effect, 'before')) this.#die(effect, 'before');
  }

  after(effect: string): void {
    if (this.dead) throw new Crash('dead already');
    if (this.#hits(effect, 'after')) this.#die(effect, 'after');
  }

  async effect<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.before(name);
    const result = await work();
    this.after(name);
    return result;
  }

  #hits(effect: string, moment: Moment): boolean {
    if (!this.#target) return false;
    const { place, skip } = this.#target;
    if (place && (place.effect !== effect || place.moment !== moment)) return false;
    this.#skipped += 1;
    return this.#skipped > skip;
  }

  #die(effect: string, moment: Moment): never {
    this.dead = true;
    this.#seen(effect, moment);
    throw new Crash(`${moment} ${effect}`);
  }
}
