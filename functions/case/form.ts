import type { z } from 'zod';
import { InvalidInputError } from './errors.ts';

/** One question of a form, as a person sees it. `name` is the key of the schema's object and of the posted field. */
export interface Field {
  name: string;
  label: string;
  kind:
    | 'text'
    | 'textarea'
    | 'number'
    | 'date'
    | 'datetime'
    | 'email'
    | 'tel'
    | 'password'
    | 'select'
    | 'radio'
    | 'checkboxes' // posts several values of one name: an array in the schema
    | 'tick' // one box that posts 'yes'
    | 'file'; // of a spreadsheet, CSV or a workbook: its text is posted
  /** Shown as 必須. What is really required is decided by the schema. */
  required?: boolean;
  help?: string;
  placeholder?: string;
  unit?: string;
  options?: readonly { value: string; label: string }[];
  autocomplete?: string;
  maxLength?: number;
  /** A password or a key: never shown again, not even when the form comes back with an error. */
  secret?: boolean;
  /** What a secret field opens with: what we know already, and no secret. Gone once it was changed. */
  given?: string;
  /** Goes to the vault: kept while the form is being corrected, not shown once it was accepted. */
  confided?: boolean;
}

export interface Section {
  title: string;
  lead?: string;
  /** Only of interest while this answer is chosen: pages show it then, and answers leave it out otherwise. */
  when?: { field: string; value: string };
  fields: readonly Field[];
}

/** A document that a person fills in: what they see (sections) and what is accepted (schema), kept together. */
export interface Form<T> {
  title: string;
  lead?: string;
  sections: readonly Section[];
  submit: string;
  schema: z.ZodType<T>;
}

export type Posted = Record<string, string | string[]>;

/** The posted fields as a valid value. Throws InvalidInputError with one Japanese sentence per field. */
export function parseForm<T>(form: Form<T>, posted: Posted): T {
  const parsed = form.schema.safeParse(posted);
  if (parsed.success) return parsed.data;
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? '');
    fields[name] ??= issue.message;
  }
  throw new InvalidInputError('入力内容をご確認ください。', fields);
}

/** A password, or a key that was pasted. */
export function isSecret(field: Field): boolean {
  return field.kind === 'password' || field.secret === true;
}
