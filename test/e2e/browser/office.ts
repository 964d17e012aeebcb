import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Case, Task } from '../../../functions/case/case.ts';
import type { TaskKind } from '../../../functions/case/tasks.ts';
import { engines } from '../../../functions/migration/engines.ts';
import { openDatabase } from '../../../local/ports/database.ts';
import { systemRandom } from '../../../local/ports/random.ts';
import { openProduct, type Product } from '../../../local/product.ts';
import { type Serving, serve } from '../../../local/serve.ts';
import { readSettings } from '../../../local/settings.ts';
import { SettableClock } from '../../../local/simulation/settable-clock.ts';
import { freePort } from '../../servers/free-port.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { until } from '../until.ts';

/** The product at a port of its own, between two real servers, with a clock that the test sets. */
export class BrowserOffice {
  readonly clock = new SettableClock(new Date());
  readonly product: Product;
  readonly address: string;
  readonly source: OpenSshServer;
  readonly target: OpenSshServer;
  readonly #folder: string;
  readonly #serving: Serving;
  readonly #database: ReturnType<typeof openDatabase>;
  #open = true;
  readonly #running: Promise<void>;

  static async start(): Promise<BrowserOffice> {
    const [port, source, target] = [await freePort(), await startOpenSsh(), await startOpenSsh()];
    for (const { folder } of [source, target]) mkdirSync(join(folder, 'www'));
    const site = join(source.folder, 'www');
    mkdirSync(join(site, '画像'));
    writeFileSync(join(site, 'index.html'), '<p>こんにちは</p>\n');
    for (let number = 0; number < 20; number += 1)
      writeFileSync(join(site, '画像', `写真${number}.jpg`), Buffer.alloc(10_000 + number, number));
    symlinkSync('/etc/hostname', join(site, '外へ'));
    return new BrowserOffice(await open(port, source, target));
  }

  private constructor(parts: Awaited<ReturnType<typeof open>>) {
    ({
      clock: this.clock,
      product: this.product,
      serving: this.#serving,
      database: this.#database,
      folder: this.#folder,
      source: this.source,
      target: this.target,
    } = parts);
    this.address = this.#serving.address;
    this.#running = this.#run();
  }

  /** As local/run.ts does it, by a clock that stands until it is set. */
  async #run(): Promise<void> {
    while (this.#open) if (!(await this.product.step())) await pause(10);
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#running;
    await this.#serving.close();
    this.product.runtime.close();
    this.#database.close();
    await Promise.all([this.source.stop(), this.target.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async load(reference: string): Promise<Case> {
    const c = await this.product.ports.records.load(reference);
    if (!c) throw new Error(`no case ${reference}`);
    return c;
  }

  /** The step of this kind, as soon as it waits for its person. */
  step(reference: string, kind: TaskKind): Promise<Task> {
    return until(`${kind} to open`, async () => {
      const { tasks, problems } = await this.load(reference);
      const stopped = problems[0];
      if (stopped && kind !== 'transfer-problem') throw new Error(`${stopped.error}: ${stopped.message}`);
      return tasks.find((task) => task.kind === kind && task.status === 'open');
    });
  }

  /** The number of the latest mail with this in its subject that was not there before. */
  mail(subject: string, seen: Set<number>): Promise<number> {
    return until(`the mail 「${subject}」`, () => {
      const found = this.product.mailbox
        .listMails({ limit: 200 })
        .find((mail) => mail.subject.includes(subject) && !seen.has(mail.id));
      if (found) seen.add(found.id);
      return found?.id;
    });
  }
}

async function open(port: number, source: OpenSshServer, target: OpenSshServer) {
  const folder = mkdtempSync(join(tmpdir(), 'hikkoshi-browser-'));
  const clock = new SettableClock(new Date());
  const database = openDatabase(join(folder, 'hikkoshi.db'));
  const product = openProduct({
    folder,
    database,
    clock,
    random: systemRandom,
    settings: readSettings(`http://127.0.0.1:${port}`, { HIKKOSHI_ALLOWED_ADDRESSES: '127.0.0.1/32' }),
    engines,
  });
  return { clock, database, product, serving: await serve(product, port), folder, source, target };
}
