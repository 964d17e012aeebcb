import { type Field, isSecret, type Section } from '../case/form.ts';
import { controlId, fieldView, type Problems, type Typed } from './fields.ts';
import { type Html, html, safeHref, trusted } from './markup.ts';

export interface FormBody {
  form: { sections: readonly Section[]; submit: string };
  /** What was typed before, or is known already. */
  typed?: Typed;
  /** A Japanese sentence by field; '' is the form as a whole (InvalidInputError). */
  problems?: Problems;
  /** Fields that are posted without being asked, such as the hash of the quote that is ordered from. */
  hidden?: Readonly<Record<string, string>>;
  /** Stands above the button: what pressing it means. */
  beforeSubmit?: Html | undefined;
  /** Where it is posted. Without it: to the address of the page, which for customers is a credential and no part of a view. */
  action?: string;
  /** Under which the browser keeps what is typed, until it is sent (draft.ts). */
  draft?: string;
}

/** The summary takes the focus when the page opens, so that a screen reader starts with what is wrong. */
export function errorSummary(fields: readonly Field[], problems: Problems | undefined): Html | false {
  const wrong = Object.entries(problems ?? {});
  if (wrong.length === 0) return false;
  const order = new Map(fields.map((field, index) => [field.name, index]));
  wrong.sort(([a], [b]) => (order.get(a) ?? -1) - (order.get(b) ?? -1));
  return html`<div class="summary" role="alert" tabindex="-1" autofocus aria-labelledby="summary-title">
<h2 id="summary-title">ご確認いただきたい項目が${wrong.length}件あります</h2>
<p>まだ送信されていません。ご入力の内容は残してありますので、次の項目を直して、もう一度送信してください。</p>
<ul>${wrong.map(([name, sentence]) => {
    const index = order.get(name);
    const field = index === undefined ? undefined : fields[index];
    return html`<li>${field ? html`<a href="#${controlId(field)}">${said(field.label)} ${sentence}</a>` : sentence}</li>`;
  })}</ul>
${asksPassword(fields) && html`<p>パスワードや鍵は安全のため残していません。お手数ですが、もう一度ご入力ください。</p>`}
</div>`;
}

export function formBody(body: FormBody): Html {
  const { form, typed = {}, problems, hidden = {}, beforeSubmit, action, draft } = body;
  const many = form.sections.length > 1;
  const counted = isCounted(form.sections);
  const withFile = fieldsOf(form.sections).some(({ kind }) => kind === 'file');
  return html`<form method="post"${action !== undefined && html` action="${safeHref(action)}"`}${
    withFile && trusted(' enctype="multipart/form-data"')
  }${draft !== undefined && html` data-draft="${draft}"${problems && trusted(' data-draft-fresh')}`} ${counted && trusted(' class="counted"')} novalidate accept-charset="utf-8">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${form.sections.map(
  (
    section,
    index,
  ) => html`<section class="card chapter ${whenClass(section, problems)}" id="chapter-${index + 1}">
<h2>${many && html`<b>${!counted && `${index + 1} / ${form.sections.length}`}</b>`}<span>${unnumbered(section.title)}</span></h2>
${section.lead && html`<p>${section.lead}</p>`}
${section.fields.map((field) => fieldView(field, typed, problems?.[field.name]))}
</section>`,
)}
${beforeSubmit}
<p class="send"><button class="main" type="submit">${form.submit}</button></p>
</form>`;
}

/** The pages count chapters themselves: `2. ご署名` is `ご署名`. */
export function unnumbered(title: string): string {
  return title.replace(/^\d+\.\s*/, '');
}

/** `会社名:`; a label that is a sentence stands in brackets. */
function said(label: string): string {
  return label.endsWith('。') ? `「${label.slice(0, -1)}」:` : `${label}:`;
}

/**
 * A chapter that concerns a person only after a choice is hidden until it is made, by the stylesheet alone: where that
 * knows no `:has()`, all chapters are there. One with an error in it is never hidden.
 */
export function whenClass({ when, fields }: Section, problems: Problems | undefined): string {
  return when && !fields.some(({ name }) => problems?.[name]) ? `when-${when.field}-${when.value}` : '';
}

/** Hidden chapters are not counted: the stylesheet numbers those that are there. */
export function isCounted(sections: readonly Section[]): boolean {
  return sections.some(({ when }) => when !== undefined);
}

export function fieldsOf(sections: readonly Section[]): Field[] {
  return sections.flatMap((section) => section.fields);
}

function asksPassword(fields: readonly Field[]): boolean {
  return fields.some(isSecret);
}
