import { fieldView } from './fields.ts';
import { errorSummary, type FormBody, fieldsOf } from './form-body.ts';
import { type Html, html, safeHref } from './markup.ts';

/** A form without chapters, in a card beside others: its questions, and one deliberate button. */
export function smallForm(body: Omit<FormBody, 'beforeSubmit'> & { action: string }): Html {
  const { form, action, typed = {}, problems, hidden = {} } = body;
  const fields = fieldsOf(form.sections);
  return html`${errorSummary(fields, problems)}<form method="post" action="${safeHref(action)}" novalidate accept-charset="utf-8">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields.map((field) => fieldView(field, typed, problems?.[field.name]))}
<p class="send"><button type="submit">${form.submit}</button></p></form>`;
}
