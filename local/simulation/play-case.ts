import type { WebAccess } from '../../functions/case/access.ts';
import type { Case } from '../../functions/case/case.ts';
import { TransientError } from '../../functions/case/errors.ts';
import { isEnded } from '../../functions/case/lifecycle.ts';
import { type WriteName, writeNames } from '../states-language/rows.ts';
import { effects, type Place, type Target } from './crash.ts';
import { installCybozu } from './cybozu-office.ts';
import { violationsOf } from './invariants.ts';
import { People, type Plan } from './people.ts';
import { plant } from './planted.ts';
import { SeededRandom } from './seeded-random.ts';
import { World } from './world.ts';

/** Longer than any case takes; a case that needs more is stuck. */
const mostTurns = 3_000;
const hour = 3_600_000;

/** Writes of the runtime that no case of ours comes to: nobody stops, redrives or fails one, no flow has a Parallel state. */
const unreached: readonly WriteName[] = [
  'ExecutionFailed',
  'ExecutionTimedOut',
  'ExecutionAborted',
  'ExecutionRedriven',
  'ParallelStarted',
  'TaskFailed',
  'IterationFailed',
];

/** Every place at which a process may die. A run in which one of them was never met proves less than it says. */
export const crashPoints: readonly Place[] = [
  ...effects,
  ...writeNames.filter((name) => !unreached.includes(name)).map((name) => `runtime.${name}`),
].flatMap((effect): Place[] => [
  { effect, moment: 'before' },
  { effect, moment: 'after' },
]);

export interface Played {
  reference: string;
  stage: Case['stage'];
  crashes: string[];
  /** Branches that remove duplicates, and others that only trouble reaches. */
  reached: string[];
  violations: string[];
}

/** One whole case: random people, crashes, and at the end the invariants. `number` picks the first place to die at. */
export async function playCase(seed: number, number: number): Promise<Played> {
  const random = new SeededRandom(`${seed}/${number}`);
  const start = new Date(
    Date.UTC(2026, random.integer(12), 1 + random.integer(28), random.integer(24), random.integer(60)),
  );
  const world = new World(start, new SeededRandom(`${seed}/${number}/process`));
  try {
    const cybozu = new SeededRandom(`${seed}/${number}/cybozu`);
    return await new Game(world, random, number, cybozu).play();
  } finally {
    world.close();
  }
}

class Game {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #people: People;
  readonly #easy: boolean;
  readonly #plans = new Map<string, Plan>();
  readonly #targets: Target[];
  readonly #reached = new Set<string>();
  readonly #secret: string;
  /** Whether Cybozu moves too, and what is in it. */
  readonly #cybozu: SeededRandom;
  #reference = '';

  constructor(world: World, random: SeededRandom, number: number, cybozu: SeededRandom) {
    this.#world = world;
    this.#random = random;
    this.#cybozu = cybozu;
    // First every place once, in cases that come there; from then on anything goes.
    const easy = number < crashPoints.length;
    this.#easy = easy;
    this.#people = new People(random, easy);
    this.#secret = `planted-${Buffer.from(random.bytes(12)).toString('hex')}`;
    const place = crashPoints[number % crashPoints.length]!;
    this.#targets = [{ place, skip: easy ? 0 : random.integer(3) }];
    if (place.effect === 'runtime.RetryScheduled') world.losses = 1;
    if (place.effect === 'runtime.ErrorCaught') world.refusals = 1;
    while (random.chance(0.7)) this.#targets.push({ skip: random.integer(120) });
  }

  async play(): Promise<Played> {
    const world = this.#world;
    await plant(world.source, this.#secret, this.#random);
    await installCybozu(world.cybozu.source, world.cybozu.target, this.#secret, this.#cybozu);
    if (!this.#easy && this.#random.chance(0.15)) world.refusals = 1 + this.#random.integer(2);
    if (!this.#easy && this.#random.chance(0.2)) world.losses = 1 + this.#random.integer(3);
    this.#restart();
    await this.#open();
    for (let turn = 0; turn < mostTurns; turn += 1) {
      if (!(await this.#settle())) continue;
      const c = await this.#load();
      const next = this.#nextMoment(c);
      if (!next) break;
      if (next > world.clock.now()) world.clock.set(next);
      else if (this.#random.chance(0.02)) world.clock.advance(-this.#random.integer(300_000));
      await this.#act(c);
    }
    const c = await this.#load();
    const violations = await violationsOf(world, c, this.#secret);
    for (const { timesSent } of world.product.mailbox.listMails({ limit: 10_000 }))
      if (timesSent > 1) this.#reached.add('mail sent again');
    for (const event of world.product.events.listEvents())
      if (event.timesPublished > 1) this.#reached.add('event published again');
    for (const { what } of await world.product.ports.records.history(c.id)) this.#reached.add(what);
    for (const { plan } of c.transfers) this.#reached.add(`moved ${plan}`);
    return {
      reference: c.id,
      stage: c.stage,
      crashes: world.crashes,
      reached: [...this.#reached],
      violations,
    };
  }

  /** A new process; it dies at the next target, if there is one. */
  #restart(): void {
    this.#world.live(this.#targets.shift());
  }

  /** Until nothing is due any more; false when the process died on the way. */
  async #settle(): Promise<boolean> {
    try {
      while (await this.#world.product.step()) if (this.#world.dead) break;
    } catch (error) {
      if (!this.#world.dead && !(error instanceof TransientError)) throw error;
      if (!this.#world.dead) return false;
    }
    if (!this.#world.dead) return true;
    this.#restart();
    return false;
  }

  async #open(): Promise<void> {
    const random = this.#random;
    const platformMigration = !this.#easy && random.chance(0.06);
    const posted = {
      company: random.pick(['株式会社髙﨑商店', '有限会社𠮷野家具', '']),
      person: '髙﨑 𠮷男',
      mail: 'shop@example.jp',
      contractNumber: 'MS-1234567',
      serverKind: platformMigration ? 'smile' : 'managed',
      ...(platformMigration && { platformMigration: 'yes' }),
      startWith: platformMigration || this.#easy || random.chance(0.8) ? 'simple-quote' : 'formal-quote',
      plans: this.#cybozu.chance(0.25) && !platformMigration ? ['web', 'cybozu'] : ['web'],
    };
    for (let attempt = 0; attempt < 5 && !this.#reference; attempt += 1) {
      try {
        this.#reference = await this.#world.player.openCase(posted);
      } catch {
        if (this.#world.dead) this.#restart();
        // It may have been opened all the same: staff look before they try again.
        this.#reference = (await this.#world.product.ports.records.list({ limit: 1 })).cases[0]?.id ?? '';
      }
    }
    if (this.#world.dead) this.#restart();
  }

  async #load(): Promise<Case> {
    const c = await this.#world.product.ports.records.load(this.#reference);
    if (!c) throw new Error(`no case ${this.#reference}`);
    return c;
  }

  /** The next thing that anybody waits for; undefined when the case is over and nothing is left to deliver. */
  #nextMoment(c: Case): Date | undefined {
    const { runtime } = this.#world.product;
    const moments = [...this.#openPlans(c).map(({ plan }) => plan.at), runtime.nextWakeAt()];
    if (c.nextReminderAt) moments.push(new Date(c.nextReminderAt));
    const pending = this.#world.database.prepare('SELECT min(next_attempt_at) AS at FROM outbox').get()?.at;
    if (typeof pending === 'string') moments.push(new Date(pending));
    const times = moments.filter((moment) => moment !== undefined).map((moment) => moment.getTime());
    return times.length > 0 ? new Date(Math.min(...times)) : undefined;
  }

  #openPlans(c: Case) {
    if (isEnded(c)) return [];
    return c.tasks
      .filter(({ status }) => status === 'open')
      .map((task) => {
        const plan = this.#plans.get(task.id) ?? this.#people.plan(task, this.#knowledge(c));
        this.#plans.set(task.id, plan);
        return { task, plan };
      });
  }

  async #act(c: Case): Promise<void> {
    for (const { task, plan } of this.#openPlans(c)) {
      if (plan.at > this.#world.clock.now()) continue;
      const before = c.version;
      await this.#scan(c, before);
      const statuses = await this.#people
        .act(this.#world.player, task, plan, this.#knowledge(c))
        .catch((error) => {
          if (!this.#world.dead) throw error;
          return [500];
        });
      for (const status of statuses) this.#reached.add(`answered ${status}`);
      // After a crash, or a page that says so, people try again a little later; after a late one they wait for a call.
      plan.careless = false;
      plan.at = new Date(this.#world.clock.now().getTime() + hour);
      if (this.#world.dead) this.#restart();
      return;
    }
  }

  /** A mail scanner follows the link before the person does; nothing may change. */
  async #scan(c: Case, before: number): Promise<void> {
    const link = this.#random.chance(0.2) && this.#world.player.linksTo(c)[0];
    if (!link) return;
    await this.#world.player.visit(link);
    if (!this.#world.dead && (await this.#load()).version !== before)
      throw new Error('a GET changed the case');
  }

  #knowledge(c: Case) {
    const access = (user: string): WebAccess => ({
      protocol: 'sftp',
      host: 'old.example.jp',
      port: 22,
      user,
      password: this.#secret,
      root: '/',
    });
    const now = this.#world.clock.now();
    const startsAt = new Date(now.getTime() + (1 + this.#random.integer(20)) * 24 * hour);
    return { c, now, source: access('source'), target: access('target'), startsAt };
  }
}
