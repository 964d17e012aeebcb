import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebAccess } from '../../functions/case/access.ts';
import type { Case, Task } from '../../functions/case/case.ts';
import type { Posted } from '../../functions/case/form.ts';
import type { Role } from '../../functions/case/identity.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import type { Settings } from '../../functions/case/settings.ts';
import { type TaskKind, tasks } from '../../functions/case/tasks.ts';
import type { Engines } from '../../functions/migration/engine.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import type { OpenTree } from '../../functions/migration/web/open-pinned.ts';
import { webEngine } from '../../functions/migration/web/web-engine.ts';
import type { Knowledge } from '../../local/play/answers.ts';
import { Player, problems } from '../../local/play/player.ts';
import { Visitor } from '../../local/play/visitor.ts';
import { openDatabase } from '../../local/ports/database.ts';
import { systemRandom } from '../../local/ports/random.ts';
import { openProduct, type Product } from '../../local/product.ts';
import { allPages } from '../../local/serve.ts';
import { SettableClock } from '../../local/simulation/settable-clock.ts';

export const base = 'http://hikkoshi.test';
/** A Tuesday, 10:00 in Japan. */
const start = new Date('2026-11-24T01:00:00.000Z');

/** Strings of a kind that must be found nowhere but in the vault. */
export const confided = {
  sourcePassword: 'Kagi-moto-7f3a9c1e5b',
  targetPassword: 'Kagi-saki-2d8e6b4a0c',
};

/** The steps of a whole case, in order. */
export const wholeCase: readonly TaskKind[] = [
  'hearing-sheet',
  'hearing-sheet-review',
  'formal-quote-request',
  'consent',
  'consent-review',
  'source-access',
  'survey',
  'formal-quote-review',
  'order',
  'order-review',
  'source-access',
  'migration-details',
  'migration-sign-off',
  'acceptance',
  'acceptance-review',
];

const blank = async () => new TextEncoder().encode('paper');

/** The product in this process, with a clock that stands still and servers that are trees in memory. */
export class Office {
  readonly clock = new SettableClock(start);
  readonly folder = mkdtempSync(join(tmpdir(), 'hikkoshi-web-'));
  readonly database = openDatabase(':memory:');
  readonly source = new MemoryTree();
  readonly target = new MemoryTree();
  readonly product: Product;
  readonly pages: ReturnType<typeof allPages>;
  readonly player: Player;
  /** Of the case that openCase opened last. */
  reference = '';

  constructor(
    options: {
      settings?: Partial<Settings>;
      interpose?: (ports: Ports) => Ports;
      openTree?: OpenTree;
      engines?: Engines;
    } = {},
  ) {
    const open: OpenTree =
      options.openTree ?? (async ({ user }) => (user === 'moto' ? this.source : this.target));
    this.product = openProduct({
      folder: this.folder,
      database: this.database,
      clock: this.clock,
      random: systemRandom,
      settings: { ...sampleSettings, baseUrl: base, ...options.settings },
      engines: options.engines ?? { web: webEngine(open) },
      papers: { quote: blank, certificate: blank, invoice: blank },
      runtime: { concurrency: 1 },
      ...(options.interpose && { interpose: options.interpose }),
    });
    this.pages = allPages(this.product, open);
    const fetch = (request: Request) => this.pages.fetch(request);
    this.player = new Player({ base, mailbox: this.product.mailbox, fetch });
  }

  close(): void {
    this.product.runtime.close();
    this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get ports(): Ports {
    return this.product.ports;
  }

  /** A request as it comes in, without any manners of a browser. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    return this.pages.fetch(new Request(`${base}${path}`, { redirect: 'manual', ...init }));
  }

  /** A browser of its own; signed in when there is a role. */
  async browser(role?: Role): Promise<Visitor> {
    const visitor = new Visitor((request) => this.pages.fetch(request), base);
    if (role) await visitor.signIn(role);
    return visitor;
  }

  async openCase(changed: Posted = {}): Promise<string> {
    this.reference = await this.player.openCase({
      company: '株式会社髙﨑商店',
      person: '髙﨑 𠮷男',
      mail: 'shop@example.jp',
      contractNumber: 'MS-1234567',
      serverKind: 'managed',
      startWith: 'simple-quote',
      plans: ['web'],
      ...changed,
    });
    return this.reference;
  }

  async load(reference = this.reference): Promise<Case> {
    const c = await this.ports.records.load(reference);
    if (!c) throw new Error(`no case ${reference}`);
    return c;
  }

  /** All that is due is done. */
  async settle(): Promise<void> {
    for (let turn = 0; await this.product.step(); turn += 1)
      if (turn > 500) throw new Error('it never rests');
  }

  /** The step of this kind that is open now; time passes when nothing but time is waited for. */
  async open(kind: TaskKind): Promise<{ c: Case; task: Task }> {
    for (let turn = 0; turn < 5; turn += 1) {
      await this.settle();
      const c = await this.load();
      const task = c.tasks.find((one) => one.kind === kind && one.status === 'open');
      if (task) return { c, task };
      const wake = this.product.runtime.nextWakeAt();
      if (wake && wake > this.clock.now() && c.stage === 'migrating') this.clock.set(wake);
    }
    const { stage, problems: stopped } = await this.load();
    throw new Error(`${kind} does not open; the case is ${stage} ${JSON.stringify(stopped)}`);
  }

  /** Answers the open step as its person would. */
  async answer(kind: TaskKind, changed: Posted = {}): Promise<Response> {
    const { c, task } = await this.open(kind);
    return this.player.answer(task, this.knowledge(c), changed);
  }

  /** Plays the whole case up to the step, which is then open. */
  async playUntil(kind: TaskKind): Promise<{ c: Case; task: Task }> {
    if (!this.reference) await this.openCase();
    for (const next of wholeCase) {
      const c = await this.load();
      if (c.forms[next] && !(next === 'source-access' && c.stage === 'ordered')) continue;
      if (next === 'survey' && c.survey) continue;
      if (next === kind) break;
      const page = await this.answer(next);
      if (page.status !== (tasks[next].actor === 'customer' ? 200 : 303))
        throw new Error(`${next}: ${page.status} ${await problems(page)}`);
    }
    return this.open(kind);
  }

  /** Path of the page that the latest mail leads to. */
  async link(): Promise<string> {
    await this.settle();
    const [link] = this.player.linksTo(await this.load());
    if (!link) throw new Error('no mail has a link');
    return link;
  }

  knowledge(c: Case): Knowledge {
    const access = (user: string, password: string): WebAccess => ({
      protocol: 'sftp',
      host: 'old.example.jp',
      port: 22,
      user,
      password,
      root: '/',
    });
    const now = this.clock.now();
    const startsAt = new Date(now.getTime() + 3_600_000);
    const source = access('moto', confided.sourcePassword);
    return { c, now, source, target: access('saki', confided.targetPassword), startsAt };
  }

  /** Every row of every table, by table. */
  tables(): Record<string, Record<string, unknown>[]> {
    const names = this.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return Object.fromEntries(
      names.map(({ name }) => [
        String(name),
        this.database
          .prepare(`SELECT * FROM "${name}"`)
          .all()
          .map((row) => ({ ...row })),
      ]),
    );
  }

  /** Contents of all files of the product, by path. */
  files(): Record<string, string> {
    const found = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'latin1')]));
  }

  /** Everything that lasts, for comparing before with after. */
  state(): string {
    return JSON.stringify([this.tables(), this.files()], (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    );
  }
}

/** A form as a browser posts it. */
export function formBody(posted: Posted): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(posted))
    for (const one of [value].flat()) body.append(name, one);
  return body;
}

/** A file as a browser uploads it: bytes, so that whoever stops reading meets a wire and not the maker of a form. */
export async function fileBody(
  field: string,
  content: string,
  name: string,
  headers: Record<string, string> = {},
): Promise<{ body: ArrayBuffer; headers: Record<string, string> }> {
  const form = new FormData();
  form.append(field, new File([content], name, { type: 'text/csv' }));
  const made = new Response(form);
  return {
    headers: { ...headers, 'content-type': made.headers.get('content-type') ?? '' },
    body: await made.arrayBuffer(),
  };
}

/** The page's words, without markup. */
export async function wordsOf(answer: Response): Promise<string> {
  return (await answer.text())
    .replace(/<(style|head)\b.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}
