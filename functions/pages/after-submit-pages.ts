import type { AnswerSection } from '../case/answers.ts';
import { customerWording } from '../case/task-wording.ts';
import type { TaskKind } from '../case/tasks.ts';
import { momentText } from '../case/wording.ts';
import { answersView } from './answers.ts';
import { draftSent } from './draft.ts';
import { page, telephone } from './layout.ts';
import { mailHolderStatus } from './mail-holder-pages.ts';
import { type Html, html } from './markup.ts';
import type { Site } from './site.ts';
import { slip } from './slip.ts';

export interface ReceivedView {
  site: Site;
  kind: TaskKind;
  /** The form's title. */
  title: string;
  reference: string;
  /** As FormPageView.draft. */
  draft: string;
  company: string;
  person: string;
  receivedAt: string;
  /** The order was accepted (source access is asked for twice). */
  ordered?: boolean;
  answers: readonly AnswerSection[];
  /** Whose passwords are to come, where everybody gives their own. */
  mailboxes?: Parameters<typeof mailHolderStatus>[0];
}

/** Right after a form was handed in: what we have, what happens next (R34 says the same by mail). */
export function receivedPage(view: ReceivedView): string {
  return outcomePage(
    view,
    `${view.title}を受け付けました`,
    html`<div class="stamp good" aria-hidden="true">受付</div>
<h1>${view.title}を受け付けました</h1>
<p class="lead">ありがとうございます。受け付けた内容の確認メールをお送りしました。</p>`,
  );
}

/** Somebody sends it a second time, or opens the link again: the first result, unchanged. */
export function alreadyDonePage(view: ReceivedView): string {
  return outcomePage(
    view,
    `${view.title}は受け付け済みです`,
    html`<div class="stamp" aria-hidden="true">受付済</div>
<h1>${view.title}は受け付け済みです</h1>
<p class="lead">${momentText(view.receivedAt)}に受け付けました。もう一度お送りいただく必要はありません。内容は、はじめに受け付けたものから変わっていません。</p>`,
  );
}

function outcomePage(view: ReceivedView, title: string, head: Html): string {
  const { site } = view;
  const next =
    customerWording(view.kind, { issuer: site.issuer, partner: site.partner.name }, view.ordered)?.next ?? [];
  const asksHolders = view.mailboxes?.holders.some(({ answered }) => !answered) ?? false;
  const more = [
    {
      label: '受付日時',
      value: html`${momentText(view.receivedAt)} <span class="soft nowrap">（日本時間）</span>`,
    },
  ];
  return page({
    title,
    site,
    body: html`<div class="columns with-slip"><div><section class="card">${head}
<h2>このあとの流れ</h2><ol class="next">${asksHolders && html`<li>下の「メールのパスワード」から、お一人ずつのリンクを表示し、それぞれの方にお渡しください。</li>`}${next.map((step) => html`<li>${step}</li>`)}</ol>
<p class="soft">${!asksHolders && 'この画面は閉じていただいて構いません。'}内容に誤りがあった場合は、受付番号を添えて下記のお問い合わせ先までお知らせください。</p></section>
${view.mailboxes && mailHolderStatus(view.mailboxes)}
${view.answers.length > 0 && html`<section class="card"><h2>受け付けた内容</h2>${answersView(view.answers)}</section>`}
</div><aside>${slip({ reference: view.reference, company: view.company, person: view.person, more })}</aside></div>
${draftSent(view.draft)}`,
  });
}

export interface LateView {
  site: Site;
  title: string;
  reference: string;
  company: string;
  person: string;
  dueAt: string;
}

/** The deadline has passed. Nothing was accepted, nothing is lost; staff have been told (R39 says whom to call). */
export function latePage({ site, title, reference, company, person, dueAt }: LateView): string {
  return page({
    title: '受付期限を過ぎています',
    site,
    body: html`<div class="columns with-slip">
<section class="card"><div class="stamp care" aria-hidden="true">期限後</div>
<h1>受付期限を過ぎています</h1>
<p class="lead">「${title}」の受付は、${momentText(dueAt)}に終了しました。それ以降の送信は受け付けておりません。</p>
<p>担当者が期限の延長などをご案内いたします。お急ぎの場合は、受付番号 <strong class="nowrap">${reference}</strong> を添えて、次の窓口へご連絡ください。</p>
<ul>${site.support.map(({ phone, hours }) => html`<li>サポート・お問い合わせ窓口: <a class="nowrap" href="${telephone(phone)}">${phone}</a>（${hours}）</li>`)}</ul>
<p class="soft">期限を過ぎたことで、お申し込みや検収が自動的に成立することはありません。</p></section>
<aside>${slip({ reference, company, person, more: [{ label: '受付期限', value: html`<span class="late">${momentText(dueAt)}</span> <span class="soft">（日本時間）</span>` }] })}</aside></div>`,
  });
}

/** An earlier link of a step that is asked for again. The newer link stands in the newer mail, and nowhere else. */
export function newerLinkPage({ site, title, reference, company, person, dueAt }: LateView): string {
  return page({
    title: '新しいメールのリンクをお使いください',
    site,
    body: html`<div class="columns with-slip">
<section class="card"><div class="stamp care" aria-hidden="true">再依頼</div>
<h1>新しいメールのリンクをお使いください</h1>
<p class="lead">「${title}」は、あらためてお願いのメールをお送りしています。お手数ですが、新しいメールのリンクからお手続きください。このリンクからは送信できません。</p>
<p>メールが見つからない場合は、迷惑メールのフォルダもご確認ください。それでも見つからない場合は、受付番号 <strong class="nowrap">${reference}</strong> を添えて、下記のお問い合わせ先までお知らせください。</p></section>
<aside>${slip({ reference, company, person, dueAt })}</aside></div>`,
  });
}
