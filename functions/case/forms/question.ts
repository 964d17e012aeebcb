import type { z } from 'zod';
import { agreed, optional as given, oneOf, someOf, ticked } from '../fields/choices.ts';
import { backupDay, day, futureDay, futureInstant } from '../fields/dates.ts';
import { gigabytes, integer } from '../fields/numbers.ts';
import { line, paragraphs } from '../fields/text.ts';
import type { Field } from '../form.ts';

/** One question: what is shown and what is accepted. Its name is the key under which a form holds it. */
export interface Question<T> {
  field: Omit<Field, 'name'>;
  schema: z.ZodType<T>;
}

export type Hints = Partial<
  Pick<Field, 'help' | 'placeholder' | 'unit' | 'autocomplete' | 'secret' | 'given' | 'confided'>
>;

/** A question of any kind, required. */
export function ask<T>(
  kind: Field['kind'],
  label: string,
  schema: z.ZodType<T>,
  hints: Hints & Partial<Pick<Field, 'options' | 'maxLength'>> = {},
): Question<T> {
  return { field: { kind, label, required: true, ...hints }, schema };
}

/** The same question, and it may stay empty. */
export function optional<T>({ field, schema }: Question<T>): Question<T | undefined> {
  return { field: { ...field, required: false }, schema: given(schema) };
}

/** Required where the form's rules say so; shown as required, since its chapter appears only then. */
export function needed<T>({ field, schema }: Question<T>): Question<T | undefined> {
  return { field: { ...field, required: true }, schema: given(schema) };
}

export function textLine(label: string, max: number, hints: Hints = {}): Question<string> {
  return ask('text', label, line(max), { maxLength: max, ...hints });
}

export function textArea(
  label: string,
  max: number,
  hints: Hints = {},
  schema = paragraphs(max),
): Question<string> {
  return ask('textarea', label, schema, { maxLength: max, ...hints });
}

export function wholeNumber(
  label: string,
  unit: string,
  min: number,
  max: number,
  hints: Hints = {},
): Question<number> {
  return ask('number', label, integer(min, max), { unit, ...hints });
}

/** Plain text, not a number field: telephones then offer a point, and `800MB` can be typed. */
export function size(label: string, hints: Hints = {}): Question<number> {
  return ask('text', label, gigabytes(100_000), { unit: 'GB', ...hints });
}

export function date(label: string, hints: Hints = {}): Question<string> {
  return ask('date', label, day(), hints);
}

/** The day of the backup that R19 asks for. */
export function backupDate(now: Date): Question<string> {
  return ask('date', 'バックアップを取得した日', backupDay(now), {
    help: '今日までの日付をご入力ください。',
  });
}

export function futureDate(label: string, now: Date, hints: Hints = {}): Question<string> {
  return ask('date', label, futureDay(now), hints);
}

export function futureTime(label: string, now: Date, hints: Hints = {}): Question<string> {
  return ask('datetime', label, futureInstant(now), hints);
}

type Options<V extends string> = Readonly<Record<V, string>>;

/** One of a few, as radio buttons; `select` where they are many. */
export function choice<V extends string>(
  label: string,
  options: Options<V>,
  hints: Hints = {},
  kind: 'radio' | 'select' = 'radio',
): Question<V> {
  return ask(kind, label, oneOf(Object.keys(options) as V[]), { options: list(options), ...hints });
}

export function choices<V extends string>(
  label: string,
  options: Options<V>,
  hints: Hints = {},
): Question<V[]> {
  return ask('checkboxes', label, someOf(Object.keys(options) as V[]), { options: list(options), ...hints });
}

export function mustTick(label: string, hints: Hints = {}): Question<true> {
  return ask('tick', label, agreed(), hints);
}

export function mayTick(label: string, hints: Hints = {}): Question<boolean> {
  return { field: { kind: 'tick', label, required: false, ...hints }, schema: ticked() };
}

function list<V extends string>(options: Options<V>): NonNullable<Field['options']> {
  return (Object.entries(options) as [V, string][]).map(([value, label]) => ({ value, label }));
}
