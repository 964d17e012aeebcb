import type { Case, Task } from '../../functions/case/case.ts';
import type { Posted } from '../../functions/case/form.ts';
import { isEnded } from '../../functions/case/lifecycle.ts';
import { type TaskKind, tasks } from '../../functions/case/tasks.ts';
import { stageNames } from '../../functions/case/wording.ts';
import { answers, type Knowledge } from '../play/answers.ts';
import { type Player, problems } from '../play/player.ts';
import { type Fetch, Visitor } from '../play/visitor.ts';
import type { Product } from '../product.ts';
import type { DemoServers } from './servers.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

/** How long the product may take to come to the next step, in seconds. */
const patience = 60;

export interface PeopleOptions {
  product: Product;
  player: Player;
  fetch: Fetch;
  base: string;
  servers: DemoServers;
  teller: Teller;
  signal: AbortSignal;
}

/** Everybody around the case. They act through pages only; the record is looked at to know whose turn it is. */
export class People {
  readonly options: PeopleOptions;
  #reference = '';

  constructor(options: PeopleOptions) {
    this.options = options;
  }

  async open(posted: Posted): Promise<void> {
    this.#reference = await this.options.player.openCase(posted);
    this.options.teller.tell('staff', `${posted.company} の案件を開始：受付番号 ${this.#reference}`);
  }

  async load(): Promise<Case> {
    const c = await this.options.product.ports.records.load(this.#reference);
    if (!c) throw new Error(`案件 ${this.#reference} が記録にありません。`);
    return c;
  }

  /** The step of this kind that waits for an answer now. */
  async turnOf(kind: TaskKind): Promise<{ c: Case; task: Task }> {
    const open = async () => {
      const c = await this.load();
      const task = c.tasks.find((one) => one.kind === kind && one.status === 'open');
      if (task) return { c, task };
      const [problem] = c.problems;
      if (problem) throw new Error(`移行が止まりました: ${problem.message}`);
      if (isEnded(c)) throw new Error(`案件が「${stageNames[c.stage]}」で終わりました。`);
      return undefined;
    };
    return until(open, patience, this.options.signal, async () => {
      const { stage } = await this.load();
      return new Error(
        `${patience}秒待っても「${tasks[kind].title}」に進みません（現在: ${stageNames[stage]}）。`,
      );
    });
  }

  /** Waits for the step, answers it as its person would, and says so. */
  async answer(kind: Exclude<TaskKind, 'survey'>, said: string, changed: Posted = {}): Promise<void> {
    const { c, task } = await this.turnOf(kind);
    const { actor, title } = tasks[kind];
    const page = await this.#hand(c, task, changed);
    await this.accepted(page, actor === 'customer' ? 200 : 303, title);
    // A step that somebody else has answered, or that is over, sends colleagues back to the case all the same.
    const outcome = page.headers.get('location') ?? 'outcome=done';
    if (!outcome.endsWith('outcome=done')) throw new Error(`「${title}」が登録されません（${outcome}）。`);
    this.options.teller.tell(actor, `${title}：${said}`);
  }

  /** Customers come by the link of the mail that asks, once it is there. */
  async #hand(c: Case, task: Task, changed: Posted): Promise<Response> {
    const { actor, title } = tasks[task.kind];
    if (actor !== 'customer') return this.options.player.answer(task, this.knowledge(c), changed);
    const link = await this.#linkTo(c, title);
    return this.#browser().post(link, { ...this.#typed(c, task), ...changed });
  }

  /** Presses the button twice: one post is received, the other hears that it was received already. */
  async answerTwice(kind: Exclude<TaskKind, 'survey'>, said: string): Promise<void> {
    const { c, task } = await this.turnOf(kind);
    const { title } = tasks[kind];
    const link = await this.#linkTo(c, title);
    const browser = this.#browser();
    const posted = this.#typed(c, task);
    const pages = await Promise.all([browser.post(link, posted), browser.post(link, posted)]);
    const texts = await Promise.all(pages.map((page) => page.text()));
    const first = texts.filter((text) => text.includes('確認メールをお送りしました')).length;
    const again = texts.filter((text) => text.includes('受け付け済みです</h1>')).length;
    const completed = (await this.options.product.ports.records.history(c.id)).filter(
      ({ what, details }) => what === 'task-completed' && details.task === task.id,
    ).length;
    if (first !== 1 || again !== 1 || completed !== 1) {
      const statuses = pages.map(({ status }) => status).join('、');
      throw new Error(
        `「${title}」の二重送信の結果が、受付1回と受付済み1回になりません（応答 ${statuses}、記録 ${completed}件）。`,
      );
    }
    this.options.teller.tell('customer', `${title}：${said}`);
  }

  knowledge(c: Case): Knowledge {
    const now = new Date();
    const { source, target } = this.options.servers;
    // The form takes whole seconds.
    const startsAt = new Date(Math.ceil(now.getTime() / 1000) * 1000 + 2000);
    return { c, now, source: source.access, target: target.access, startsAt };
  }

  async accepted(page: Response, status: number, title: string): Promise<void> {
    if (page.status === status) return;
    throw new Error(`「${title}」が受け付けられません（応答 ${page.status}）: ${await problems(page)}`);
  }

  #browser(): Visitor {
    return new Visitor(this.options.fetch, this.options.base);
  }

  #typed(c: Case, { kind }: Task): Posted {
    return kind === 'survey' ? {} : answers[kind](this.knowledge(c));
  }

  #linkTo(c: Case, title: string): Promise<string> {
    const { player, signal } = this.options;
    const find = async () => {
      for (const link of player.linksTo(c)) {
        const page = await player.visit(link);
        if ((await page.text()).includes('<form method="post"')) return link;
      }
      return undefined;
    };
    return until(find, patience, signal, () => new Error(`「${title}」のリンクを載せたメールが届きません。`));
  }
}
