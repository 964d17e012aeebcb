import type { Form } from '../../case/form.ts';
import type { Person } from '../../case/identity.ts';
import type { Problems, Typed } from '../fields.ts';
import { errorSummary, fieldsOf, formBody } from '../form-body.ts';
import { type Html, html, safeHref } from '../markup.ts';
import type { Site } from '../site.ts';
import { consolePage, consolePaths } from './shell.ts';

export interface NewCaseView {
  site: Site;
  person: Person;
  form: Pick<Form<unknown>, 'title' | 'lead' | 'sections' | 'submit'>;
  typed?: Typed;
  problems?: Problems;
  /** Posted along without being asked. */
  hidden?: Readonly<Record<string, string>>;
}

export function newCasePage({
  site,
  person,
  form,
  typed = {},
  problems = {},
  hidden = {},
}: NewCaseView): string {
  return consolePage({
    site,
    person,
    title: `${Object.keys(problems).length > 0 ? 'エラー: ' : ''}${form.title}`,
    at: 'new-case',
    body: html`${errorSummary(fieldsOf(form.sections), problems)}<h1>${form.title}</h1>
${form.lead && html`<p class="lead">${form.lead}</p>`}
${formBody({ form, typed, problems, hidden, action: consolePaths.newCase })}`,
  });
}

export interface SurveyUploadView {
  site: Site;
  person: Person;
  reference: string;
  company: string;
  /** Where the template is to be had. */
  templateHref: string;
  action: string;
  /** Of the posted file field. */
  fieldName: string;
  /** Types that the file chooser offers. */
  accept: string;
  /** What is wrong with the file, by line or cell (InvalidInputError.fields). */
  problems?: Problems;
  done?: boolean;
}

export function surveyUploadPage(view: SurveyUploadView): string {
  const { reference, company, problems = {} } = view;
  const wrong = Object.entries(problems);
  return consolePage({
    site: view.site,
    person: view.person,
    title: `${wrong.length > 0 ? 'エラー: ' : ''}環境調査報告 ${reference}`,
    body: html`${wrong.length > 0 && wrongLines(wrong)}
<h1>環境調査報告</h1><p><a href="${consolePaths.case(reference)}"><span class="figures">${reference}</span> ${company}</a></p>
<ol class="next card"><li>ひな形をダウンロードし、調査した事実と指摘を記入します。種別が「例」で始まる行は記入例で、報告には含まれません。 <p><a class="button" href="${safeHref(view.templateHref)}" download>ひな形をダウンロード</a></p></li>
<li>記入したファイルを選び、送信します。誤りがある場合は、行ごとにお知らせします。受け付けるまで、環境調査は完了しません。</li></ol>
<p class="note care">パスワードなどの接続情報や、お客さまのデータの内容は記入しないでください。</p>
<form method="post" action="${safeHref(view.action)}" enctype="multipart/form-data" class="card" novalidate>
<div class="field"><label for="report">環境調査報告のファイル<span class="must">必須</span></label><input type="file" id="report" name="${view.fieldName}" accept="${view.accept}" required${wrong.length > 0 && html` aria-invalid="true" aria-describedby="report-problems"`}></div>
<p class="send"><button class="main" type="submit">送信する</button></p></form>`,
  });
}

function wrongLines(wrong: readonly [string, string][]): Html {
  return html`<div class="summary" role="alert" tabindex="-1" autofocus id="report-problems"><h2>報告を受け付けられませんでした（${wrong.length}件）</h2>
<p>環境調査は未完了のままです。次の箇所を直して、ファイル全体をもう一度送信してください。</p>
<table class="list"><thead><tr><th scope="col">箇所</th><th scope="col">内容</th></tr></thead><tbody>${wrong.map(
    ([place, sentence]) =>
      html`<tr><td class="figures" data-label="箇所">${place || '全体'}</td><td data-label="内容">${sentence}</td></tr>`,
  )}</tbody></table></div>`;
}
