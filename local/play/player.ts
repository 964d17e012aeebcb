import type { Case, Task } from '../../functions/case/case.ts';
import type { Posted } from '../../functions/case/form.ts';
import type { Role } from '../../functions/case/identity.ts';
import { tasks } from '../../functions/case/tasks.ts';
import type { Mailbox } from '../ports/mailer.ts';
import { answers, type Knowledge } from './answers.ts';
import { surveyFile } from './survey-file.ts';
import { type Fetch, Visitor } from './visitor.ts';

export interface PlayerOptions {
  fetch: Fetch;
  /** Where the pages are, as links in mails have it. */
  base: string;
  mailbox: Mailbox;
}

/** Plays the people of a case through the pages: customers come by the links of their mails, colleagues sign in. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #colleagues = new Map<Role, Visitor>();

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  async colleague(role: Role): Promise<Visitor> {
    const known = this.#colleagues.get(role);
    if (known) return known;
    const visitor = new Visitor(this.#options.fetch, this.#options.base);
    await visitor.signIn(role);
    this.#colleagues.set(role, visitor);
    return visitor;
  }

  /** Opens a case as staff do; returns its reference. */
  async openCase(posted: Posted): Promise<string> {
    const staff = await this.colleague('staff');
    const page = await (await staff.get('/console/cases/new')).text();
    const draw = /name="draw" value="([0-9a-f]{32})"/.exec(page)?.[1] ?? '';
    const answer = await staff.post('/console/cases/new', { ...posted, draw });
    const reference = /\/console\/cases\/(HK-[^/?]+)$/.exec(answer.headers.get('location') ?? '')?.[1];
    if (!reference) throw new Error(`the case was not opened: ${answer.status} ${await problems(answer)}`);
    return reference;
  }

  /** The links in the mails to the customer, latest first. Mails may come late and in any order. */
  linksTo(c: Case): string[] {
    const { mailbox } = this.#options;
    const links = mailbox
      .listMails({ limit: 500 })
      .filter(({ to, subject }) => to === c.customer.mail && subject.includes(c.id))
      .map(
        ({ id }) =>
          /https?:\/\/[^\s/]+(\/t\/[A-Za-z0-9_-]{43})\b/.exec(mailbox.readMail(id)?.text ?? '')?.[1],
      );
    return [...new Set(links.filter((link) => link !== undefined))];
  }

  /** Looks, as people do, and hands in an answer. The page that came back. */
  async answer(task: Task, knowledge: Knowledge, changed: Posted = {}): Promise<Response> {
    const { c } = knowledge;
    if (task.kind === 'survey') return this.sendSurvey(c, surveyFile(knowledge.now, 'feasible', c.plans));
    const posted = { ...answers[task.kind](knowledge), ...changed };
    const { actor } = tasks[task.kind];
    if (actor !== 'customer') {
      const visitor = await this.colleague(actor);
      const at = `/console/cases/${c.id}`;
      await visitor.get(at);
      return visitor.post(`${at}/tasks/${task.id}`, posted);
    }
    const links = this.linksTo(c);
    let open = links[0];
    for (const link of links) {
      const page = await this.visit(link);
      if (!(await page.text()).includes('<form method="post"')) continue;
      open = link;
      break;
    }
    // No form on any page: somebody who had it open all the time sends it all the same.
    if (open) return new Visitor(this.#options.fetch, this.#options.base).post(open, posted);
    return new Response('no mail has a link yet', { status: 404 });
  }

  /** In place of the step: what was confided does not lead in. */
  async askAccessAgain(c: Case, task: Task): Promise<Response> {
    const visitor = await this.colleague('engineer');
    const posted = { task: task.id, accessRemarks: 'ログインできませんでした。ご確認ください。' };
    return visitor.post(`/console/cases/${c.id}/access-again`, posted);
  }

  /** Opens a link of a mail. */
  visit(link: string): Promise<Response> {
    return new Visitor(this.#options.fetch, this.#options.base).get(link);
  }

  async sendSurvey(c: Case, content: string): Promise<Response> {
    const visitor = await this.colleague('engineer');
    return visitor.upload(`/console/cases/${c.id}/survey`, 'report', content, 'survey.csv');
  }
}

/** What a page says is wrong, for the message of whoever did not expect it. */
export async function problems(answer: Response): Promise<string> {
  const page = await answer.text();
  const found = [...page.matchAll(/class="problem"[^>]*>(.*?)<\/p>/gs)].map(([, text]) =>
    text?.replace(/<[^>]+>/g, ''),
  );
  return found.length > 0 ? found.join(' / ') : (/<h1>(.*?)<\/h1>/s.exec(page)?.[1] ?? '');
}
