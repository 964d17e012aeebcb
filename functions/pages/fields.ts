import { isDay } from '../case/calendar.ts';
import { type Field, isSecret } from '../case/form.ts';
import { type Html, html, trusted } from './markup.ts';

/** What was typed, as it was posted; what a form is opened with. */
export type Typed = Readonly<Record<string, string | readonly string[] | undefined>>;
export type Problems = Readonly<Record<string, string>>;

const types = {
  text: 'text',
  // Takes full-width digits as they are typed, and shows digits on a phone: a number input would swallow them.
  number: 'text',
  date: 'date',
  datetime: 'datetime-local',
  email: 'email',
  tel: 'tel',
  password: 'password',
} as const;

const spreadsheets =
  '.xlsx,.csv,.txt,text/csv,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** An id that may stand in `aria-describedby` and behind `#`, whatever the field is called. */
export function fieldId(name: string): string {
  return `field-${name.replace(/[^A-Za-z0-9-]/g, (sign) => `_${sign.codePointAt(0)?.toString(16)}_`)}`;
}

/** The first control of the field: where a link of the error summary leads. */
export function controlId(field: Field): string {
  return ['radio', 'checkboxes'].includes(field.kind) ? `${fieldId(field.name)}-0` : fieldId(field.name);
}

/** One question with its label, help, control and what is wrong with the answer. A password is never filled in again. */
export function fieldView(field: Field, typed: Typed, problem: string | undefined): Html {
  const id = fieldId(field.name);
  const described = [field.help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ');
  const aria = html`${described && html` aria-describedby="${described}"`}${problem && trusted(' aria-invalid="true"')}`;
  const help = field.help && html`<p class="help" id="${id}-help">${field.help}</p>`;
  const wrong =
    problem && html`<p class="problem" id="${id}-problem"><span class="unseen">エラー: </span>${problem}</p>`;
  const frame = trusted(`class="field${problem ? ' wrong' : ''}"`);

  if (field.kind === 'radio' || field.kind === 'checkboxes') {
    return html`<fieldset ${frame}${aria}><legend>${field.label}${need(field)}</legend>${help}${choices(field, typed, id)}${wrong}</fieldset>`;
  }
  if (field.kind === 'tick') {
    const checked = field.name in typed && values(typed[field.name]).includes('yes');
    return html`<div ${frame}><label class="choice"><input type="checkbox" id="${id}" name="${field.name}" value="yes"${flag('checked', checked)}${required(field)}${confided(field)}${aria}><span class="tick-label">${field.label}${need(field)}</span></label>${help}${wrong}</div>`;
  }
  const answers = values(typed[field.name]);
  const answer = field.kind === 'textarea' ? answers.join('\n') : (answers[0] ?? '');
  const value = isSecret(field) ? given(field, field.name in typed ? answer : undefined) : answer;
  const control = controlView(field, id, value, aria);
  return html`<div ${frame}><label for="${id}">${field.label}${need(field)}</label>${help}${
    field.unit
      ? html`<div class="with-unit">${control}<span class="nowrap">${field.unit}</span></div>`
      : control
  }${wrong}</div>`;
}

/** What a secret field opens with stays while nobody has changed it. */
function given({ given: known = '' }: Field, answer: string | undefined): string {
  return answer === undefined || answer.replace(/\r\n?/g, '\n') === known ? known : '';
}

function controlView(field: Field, id: string, value: string, aria: Html): Html {
  const base = html`id="${id}" name="${field.name}"${required(field)}${
    field.placeholder && html` placeholder="${field.placeholder}"`
  }${autocomplete(field)}${field.maxLength !== undefined && html` maxlength="${field.maxLength}"`}${confided(field)}${aria}`;
  if (field.kind === 'textarea') {
    // The parser drops one line feed behind the tag: without ours it would be the person's.
    return html`<textarea ${base}>
${value}</textarea>`;
  }
  if (field.kind === 'select') {
    const options = [{ value: '', label: '選択してください' }, ...(field.options ?? [])];
    return html`<select ${base}>${options.map(
      (option) =>
        html`<option value="${option.value}"${flag('selected', option.value === value)}>${option.label}</option>`,
    )}</select>`;
  }
  if (field.kind === 'file') return html`<input type="file" accept="${spreadsheets}" ${base}>`;
  const type = losesValue(field, value) ? 'text' : (types[field.kind as keyof typeof types] ?? 'text');
  const numeric = field.kind === 'number' && trusted(' inputmode="numeric" class="short"');
  return html`<input type="${type}" ${base}${numeric}${value !== '' && html` value="${value}"`}>`;
}

/** A date input shows nothing of what is no date: what was typed then stays as text. */
function losesValue({ kind }: Field, value: string): boolean {
  if (value === '') return false;
  if (kind === 'date') return !isDay(value);
  return (
    kind === 'datetime' && !(isDay(value.slice(0, 10)) && /^T([01]\d|2[0-3]):[0-5]\d/.test(value.slice(10)))
  );
}

function choices(field: Field, typed: Typed, id: string): Html {
  const type = field.kind === 'radio' ? 'radio' : 'checkbox';
  const options = field.options ?? [];
  // The only answer that there is needs no choosing.
  const only = field.kind === 'radio' && field.required && options.length === 1;
  const chosen = only ? options.map(({ value }) => value) : values(typed[field.name]);
  const boxes = options.map(
    ({ value, label }, index) =>
      html`<label class="choice"><input type="${type}" id="${id}-${index}" name="${field.name}" value="${value}"${flag(
        'checked',
        chosen.includes(value),
      )}${confided(field)}><span>${label}</span></label>`,
  );
  // Weekdays: several in a row, also on a phone.
  const short = options.every(({ label }) => label.length <= 2);
  return short ? html`<div class="short-choices">${boxes}</div>` : html`${boxes}`;
}

function values(typed: string | readonly string[] | undefined): readonly string[] {
  return typed === undefined ? [] : typeof typed === 'string' ? [typed] : typed;
}

function need(field: Field): Html {
  return field.required ? html`<span class="must">必須</span>` : html`<span class="may">任意</span>`;
}

function required(field: Field): Html | false {
  return field.required === true && trusted(' required');
}

function autocomplete(field: Field): Html | undefined {
  const known = field.autocomplete ?? (isSecret(field) ? 'off' : undefined);
  return known ? html` autocomplete="${known}"` : undefined;
}

/** No draft of it stays in a browser (draft.ts). */
function confided(field: Field): Html | false {
  return (isSecret(field) || field.confided === true) && trusted(' data-confided');
}

function flag(name: 'checked' | 'selected', on: boolean): Html | false {
  return on && trusted(` ${name}`);
}
