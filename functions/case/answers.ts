import { isDay } from './calendar.ts';
import { type Field, isSecret, type Section } from './form.ts';
import { dayText, momentText } from './wording.ts';

export interface AnswerSection {
  title: string;
  answers: { label: string; value: string }[];
}

/**
 * A form that was handed in, as questions and answers: for the page after it, for reviewers and for the mail of receipt.
 * A password is never among them, even if a value should hold one; chapters that do not
 * concern this customer are left out, and the others counted as the form's page counted them.
 */
export function answersOf(
  sections: readonly Section[],
  value: Readonly<Record<string, unknown>>,
): AnswerSection[] {
  return sections
    .filter(({ when }) => !when || [value[when.field]].flat().includes(when.value))
    .map(({ title, fields }) => ({
      title,
      answers: fields.map((field) => ({ label: field.label, value: answer(field, value[field.name]) })),
    }))
    .filter(({ answers }) => answers.length > 0)
    .map((section, index) => ({ ...section, title: section.title.replace(/^\d+(?=\. )/, `${index + 1}`) }));
}

function answer(field: Field, value: unknown): string {
  if (isSecret(field) || field.confided) return '（安全のため表示しません）';
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
    return field.kind === 'tick' ? 'いいえ' : '（未記入）';
  }
  if (field.kind === 'tick') return value === 'yes' || value === true ? 'はい' : 'いいえ';
  if (Array.isArray(value)) {
    return value.map((item) => optionLabel(field, item)).join(field.kind === 'textarea' ? '\n' : '、');
  }
  const text = optionLabel(field, value);
  if (field.kind === 'date' && isDay(text)) return dayText(text);
  if (field.kind === 'datetime' && !Number.isNaN(Date.parse(text))) return momentText(text);
  return field.unit ? `${text} ${field.unit}` : text;
}

function optionLabel(field: Field, value: unknown): string {
  const plain =
    typeof value === 'boolean'
      ? value
        ? 'yes'
        : 'no'
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return field.options?.find((option) => option.value === plain)?.label ?? plain;
}
