import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebAccess } from '../../functions/case/access.ts';
import type { OutboxEntry } from '../../functions/case/case.ts';
import { TerminalError, TransientError } from '../../functions/case/errors.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { cybozuEngine } from '../../functions/migration/cybozu/cybozu-engine.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { webEngine } from '../../functions/migration/web/web-engine.ts';
import { Player } from '../play/player.ts';
import { openDatabase } from '../ports/database.ts';
import { openProduct, type Product } from '../product.ts';
import { allPages } from '../serve.ts';
import { Life, type Moment, type Target } from './crash.ts';
import { mortal } from './interpose.ts';
import type { SeededRandom } from './seeded-random.ts';
import { SettableClock } from './settable-clock.ts';
import { weathered } from './weather.ts';

const base = 'http://hikkoshi.test';

/** Setting type takes longer than all the rest of a case. The real papers have tests of their own. */
const blank = async () => new TextEncoder().encode('paper');
const papers = { quote: blank, certificate: blank, invoice: blank };

/** What outlives a crash: the database, the files, the servers, the clock. And one life of the process at a time. */
export class World {
  readonly clock: SettableClock;
  readonly folder = mkdtempSync(join(tmpdir(), 'hikkoshi-simulation-'));
  readonly database = openDatabase(':memory:');
  readonly source = new MemoryTree();
  readonly target = new MemoryTree();
  readonly cybozu = { source: new MemoryTree(), target: new MemoryTree() };
  /** All that decisions queued, as it was committed. */
  readonly queued: OutboxEntry[] = [];
  /** Openings of servers that will fail with a wrong password. */
  refusals = 0;
  /** Openings of servers that will fail because the network is lost. */
  losses = 0;
  /** `before records.commit` …: where a life ended. */
  readonly crashes: string[] = [];
  product!: Product;
  player!: Player;
  #life!: Life;
  readonly #random: SeededRandom;

  constructor(start: Date, random: SeededRandom) {
    this.clock = new SettableClock(start);
    this.#random = random;
    this.live(undefined);
  }

  get dead(): boolean {
    return this.#life.dead;
  }

  /** A new process over what is left; it dies at `target`. */
  live(target: Target | undefined): void {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
    const life = new Life(target, (effect, moment: Moment) => this.crashes.push(`${moment} ${effect}`));
    this.#life = life;
    const product = openProduct({
      folder: this.folder,
      database: this.database,
      clock: this.clock,
      random: this.#random,
      settings: { ...sampleSettings, baseUrl: base },
      engines: {
        web: webEngine((access) => this.#reach(access, this)),
        cybozu: cybozuEngine((access) => this.#reach(access, this.cybozu)),
      },
      papers,
      interpose: (ports) =>
        weathered(
          mortal(ports, life, (entries) => this.queued.push(...entries)),
          this.#random,
        ),
      runtime: {
        concurrency: 1,
        beforeWrite: (name) => life.before(`runtime.${name}`),
        afterWrite: (name) => life.after(`runtime.${name}`),
      },
    });
    const pages = allPages(product);
    this.product = product;
    this.player = new Player({ base, mailbox: product.mailbox, fetch: (request) => pages.fetch(request) });
  }

  async #reach({ user }: WebAccess, ends: { source: MemoryTree; target: MemoryTree }): Promise<MemoryTree> {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new TerminalError('ユーザー名かパスワードが正しくありません。');
    }
    if (this.losses > 0) {
      this.losses -= 1;
      throw new TransientError('接続が切れました。');
    }
    return user === 'source' ? ends.source : ends.target;
  }

  close(): void {
    this.product.runtime.close();
    this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
