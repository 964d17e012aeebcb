import type { ServerKind } from '../case/case.ts';
import type { Form, Section } from '../case/form.ts';
import type { Preview } from '../case/preview.ts';
import type { Quote } from '../case/quote.ts';
import { customerWording } from '../case/task-wording.ts';
import type { TaskKind } from '../case/tasks.ts';
import { dateText } from '../case/wording.ts';
import { draftKeeper, draftNotes } from './draft.ts';
import type { Problems, Typed } from './fields.ts';
import { placeOf } from './flow-steps.ts';
import { errorSummary, fieldsOf, formBody, isCounted, unnumbered, whenClass } from './form-body.ts';
import { page } from './layout.ts';
import { type Html, html, lines, safeHref } from './markup.ts';
import { notices } from './notices.ts';
import { previewGuide } from './preview-guide.ts';
import { quoteSheet } from './quote-view.ts';
import { flowRoute } from './route.ts';
import type { Site } from './site.ts';
import { slip } from './slip.ts';
import { resultForCustomer, type TransferResult } from './transfer-view.ts';

export interface DocumentLink {
  title: string;
  revision: string;
  /** An instant, or a day. */
  date?: string;
  href: string;
}

/** A customer's step. No token is in here: the form is posted to the address that it was opened at. */
export interface FormPageView {
  site: Site;
  kind: TaskKind;
  serverKind: ServerKind;
  /** The order was accepted: the customer is past the quotes (source access is asked for twice). */
  ordered?: boolean;
  reference: string;
  /** Names this very step, for its draft; no credential. */
  draft: string;
  company: string;
  person: string;
  dueAt: string;
  form: Pick<Form<unknown>, 'title' | 'lead' | 'sections' | 'submit'>;
  typed?: Typed;
  problems?: Problems;
  hidden?: Readonly<Record<string, string>>;
  /** Why the form came back (差戻し). */
  remarks?: string;
  /** The four documents to be reviewed before the flow (R25). */
  documents?: readonly DocumentLink[];
  /** To be ordered from, or that a formal one is asked for after. */
  quote?: Quote;
  quotePdfHref?: string;
  /** What was done, for the certificate. */
  results?: readonly TransferResult[];
  certificateHref?: string;
  /** What the engineer asked the customer to do around the move (R36). */
  customerWork?: string;
  /** How to look at the new site before its name leads there. */
  preview?: Preview;
}

/** Where something to read comes first, and the step after it. */
const headings: Partial<Record<TaskKind, string>> = {
  'formal-quote-request': '簡易お見積もりのご提示',
  order: '正式お見積もりのご提示とお申込み',
  'extra-order': '追加作業のお見積もり',
  acceptance: '動作確認と検収書のご提出',
};

export function formPage(view: FormPageView): string {
  const { form, site, problems } = view;
  const fields = fieldsOf(form.sections);
  const title = headings[view.kind] ?? form.title;
  const place = placeOf(view.kind, view.ordered);
  const ifNot = customerWording(view.kind, { issuer: site.issuer, partner: site.partner.name })?.ifNot;
  const failed = problems !== undefined && Object.keys(problems).length > 0;
  return page({
    title: failed ? `エラー: ${title}` : title,
    site,
    body: html`${errorSummary(fields, problems)}
${place && flowRoute(place)}
<h1>${title}</h1>
${view.remarks && html`<section class="note care"><h2>修正のお願い</h2><p>先にご提出いただいた内容について、次の点の修正をお願いいたします。</p><p><strong>${lines(view.remarks)}</strong></p></section>`}
${form.lead && html`<p class="lead">${form.lead}</p>`}
<div class="columns with-slip">
<aside>${slip(view)}${!failed && documentList(view.documents)}</aside>
<div>
${view.quote && quoteBlock(view.quote, view.quotePdfHref)}
${notices({ kind: view.kind, partner: site.partner.name, serverKind: view.serverKind })}
${view.customerWork && html`<section class="note care"><h2>お客さまにお願いする作業</h2><p>${lines(view.customerWork)}</p></section>`}
${view.preview && previewGuide(view.preview, `${site.partner.name}（${site.partner.phone}）`)}
${view.results && view.results.length > 0 && resultBlock(view.results, view.certificateHref)}
${draftNotes(minutesFor(fields.length))}
${contents(form.sections, problems)}
${formBody({ form, ...(view.typed && { typed: view.typed }), ...(problems && { problems }), ...(view.hidden && { hidden: view.hidden }), draft: view.draft, beforeSubmit: html`<p class="soft send">送信後、受け付けた内容を確認メールでお知らせします。</p>` })}
${ifNot && html`<p class="soft">${ifNot}</p>`}
${failed && documentList(view.documents)}
</div>
</div>
${draftKeeper()}`,
  });
}

export function documentList(documents: readonly DocumentLink[] | undefined): Html | false {
  if (!documents || documents.length === 0) return false;
  return html`<section class="card" aria-labelledby="documents-title"><h2 id="documents-title">はじめにご確認ください</h2>
<p class="soft">お手続きの前に、次の文書をご確認ください。</p>
<ul class="documents">${documents.map(
    ({ title, revision, date, href }) =>
      html`<li><a href="${safeHref(href)}" target="_blank" rel="noopener">${title}<span>${revision}${date && html`・${dateText(date)}`}</span></a></li>`,
  )}</ul></section>`;
}

function quoteBlock(quote: Quote, pdf: string | undefined): Html {
  return html`${quoteSheet(quote, 'h2')}${pdf && html`<p><a class="button" href="${safeHref(pdf)}" download>お見積書（PDF）を保存</a></p>`}`;
}

function resultBlock(results: readonly TransferResult[], certificate: string | undefined): Html {
  return html`<section class="card"><h2>移行作業の結果</h2>
<p>移行元のすべてのデータについて、移行したもの、移行しなかったものとその理由を記録しています。</p>
${results.map(resultForCustomer)}
${resultWords}
${certificate && html`<p><a class="button" href="${safeHref(certificate)}" download>検収書（PDF）を保存</a></p>`}</section>`;
}

const resultWords = html`<details><summary>件数の見方</summary><ul>
<li>対象: 移行元で見つかったすべてのデータ</li>
<li>移行済み: 新しいサーバに移し、移行元と一致することを確認したもの（何回かに分けて移した場合は、その合計）</li>
<li>調整して移行: 新しいサーバで使えるよう、名前や形式を合わせたもの</li>
<li>対象外: 移行しなかったもの（上の「移行しなかったもの」に、理由とともに載せています。すべての一覧が必要な場合は、お問い合わせください）</li>
<li>未確認: 移行できたかどうかを確かめられていないもの（0件であることを確認しています）</li>
</ul></details>`;

/** About six questions a minute; a short form needs no word about it. */
function minutesFor(questions: number): number | undefined {
  return questions < 10 ? undefined : Math.ceil(questions / 6 / 5) * 5;
}

function contents(sections: readonly Section[], problems: Problems | undefined): Html | false {
  if (sections.length < 4) return false;
  const counted = isCounted(sections);
  return html`<nav class="card no-print" aria-label="この用紙の項目"><ol class="contents ${counted && 'counted'}">${sections.map(
    (section, index) =>
      html`<li class="${whenClass(section, problems)}"><a href="#chapter-${index + 1}">${!counted && `${index + 1}. `}${unnumbered(section.title)}</a></li>`,
  )}</ol></nav>`;
}
