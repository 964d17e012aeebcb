import type { Form } from '../case/form.ts';
import type { Problems } from './fields.ts';
import { errorSummary, fieldsOf, formBody } from './form-body.ts';
import { page } from './layout.ts';
import { type Html, html, safeHref } from './markup.ts';
import type { Site } from './site.ts';

export interface MailHolderView {
  site: Site;
  company: string;
  /** The account. */
  user: string;
}

/** One person's page: the mailbox and its password, and nothing else of the case. */
export function mailHolderPage(
  { site, company, user }: MailHolderView,
  form: Pick<Form<unknown>, 'sections' | 'submit'>,
  problems?: Problems,
): string {
  return page({
    title: 'メールのパスワードのご入力',
    site,
    narrow: true,
    body: html`${errorSummary(fieldsOf(form.sections), problems)}
<h1>メールのパスワードのご入力</h1>
<p class="lead">${company}様のメールを新しいサーバに移すため、<strong>${user}</strong> の現在のパスワードをお預かりします。${site.partner.name}だけが移行の作業に使い、暗号化して保管し、作業の終了後に消去します。社内の方にも表示されません。</p>
${formBody({ form, ...(problems && { problems }) })}`,
  });
}

export function mailHolderDonePage({ site, user }: MailHolderView): string {
  return page({
    title: 'パスワードをお預かりしました',
    site,
    narrow: true,
    body: html`<section class="card"><div class="stamp good" aria-hidden="true">受付</div>
<h1>パスワードをお預かりしました</h1>
<p class="lead"><strong>${user}</strong> のパスワードを受け付けました。移行が終わるまで、パスワードを変更しないでください。この画面は閉じていただいて構いません。</p>
<p class="soft">間違えて入力した場合は、社内のご担当者にお知らせください。</p></section>`,
  });
}

/** What the administrator sees on the page of receipt: who has given it, and the way to the links. */
export function mailHolderStatus(status: {
  href: string;
  holders: readonly { user: string; answered: boolean }[];
}): Html {
  const missing = status.holders.filter(({ answered }) => !answered);
  return html`<section class="card"><h2>メールのパスワード</h2>
<p>${status.holders.length}アカウントのうち${status.holders.length - missing.length}アカウントのパスワードをお預かりしています。</p>
${
  missing.length > 0 &&
  html`<ul>${missing.map(({ user }) => html`<li>未入力: ${user}</li>`)}</ul>
<form method="post" action="${safeHref(status.href)}"><p>お一人ずつのリンクを表示します。それぞれの方にお渡しください。リンクは控えていないため、表示のたびに新しくなります（前のリンクも使えます）。後でこのページに戻るときは、メールのリンクをもう一度開いてください。</p><p class="send"><button type="submit">お一人ずつのリンクを表示する</button></p></form>`
}</section>`;
}

export interface MailHolderLinksView {
  site: Site;
  company: string;
  links: readonly { user: string; href: string }[];
  /** For so long they work. */
  days: number;
}

/** Shown once, after a POST: they are kept nowhere. */
export function mailHolderLinksPage({ site, company, links, days }: MailHolderLinksView): string {
  return page({
    title: 'お一人ずつのリンク',
    site,
    body: html`<h1>お一人ずつのリンク</h1>
<p class="lead">${company}のそれぞれの方に、その方のリンクだけをお渡しください（リンクを長押しするか右クリックすると、コピーできます）。パスワードを入力できるだけのページで、入力は一度だけです。${days}日間使えます。</p>
<p class="note care">この画面を閉じると、同じリンクは表示できません（新しいリンクは発行できます）。入力の状況は、メールのリンクをもう一度開くとご覧いただけます。</p>
<section class="card"><dl class="answers">${links.map(
      ({ user, href }) =>
        html`<div><dt>${user}</dt><dd class="as-typed"><a href="${safeHref(href)}">${href}</a></dd></div>`,
    )}</dl></section>`,
  });
}
