import * as z from 'zod';
import type { Case } from '../case/case.ts';
import { standingSubmission } from '../case/confided.ts';
import { type Field, type Form, isSecret, type Posted } from '../case/form.ts';
import type { Ports } from '../case/ports.ts';
import type { TaskKind } from '../case/tasks.ts';
import { largestSecretBytes } from '../case/vault-name.ts';

type Sections = Pick<Form<unknown>, 'sections'>;

/** Steps that open once more for the same servers: another date, rework, extra work. */
const opensAgain: readonly TaskKind[] = ['migration-details'];

/** Questions by the ends of their names: a secret was given for these answers, and goes to nobody else. */
const whoAndWhere = /(?:protocol|host|port|user|way|server|security|administrator|master)$/i;

const keptSecret = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const nameFor = (suffix: string) => `typed.${suffix}`;

/**
 * What the step was confided with when it was open before, as it was posted, passwords included: in the vault beside what
 * it became, so an erasure (R24) takes it along. Empty when there is nothing.
 */
export async function keptAnswers({ vault }: Ports, c: Case, kind: TaskKind): Promise<Posted> {
  const suffix = opensAgain.includes(kind) && standingSubmission(c, kind)?.value.confided;
  const text = typeof suffix === 'string' && (await vault.get(c.id, nameFor(suffix)));
  return text ? keptSecret.parse(JSON.parse(text)) : {};
}

/** Keeps them for the next time; what is longer than a secret may be is asked for again then. */
export async function keepAnswers(
  { vault }: Ports,
  c: Case,
  { kind, form, posted, suffix }: { kind: TaskKind; form: Sections; posted: Posted; suffix: string },
): Promise<void> {
  if (!opensAgain.includes(kind)) return;
  const names = confiding(form).flatMap(({ fields }) => fields.filter((field) => field.kind !== 'file'));
  const answered = names.flatMap(({ name }) => (isGiven(posted[name]) ? [[name, posted[name]]] : []));
  const text = JSON.stringify(Object.fromEntries(answered));
  if (Buffer.byteLength(text) <= largestSecretBytes) await vault.put(c.id, nameFor(suffix), text);
}

/**
 * The posted form with its kept secrets: of each chapter, while none of its secrets was typed anew and the answers that
 * they were given for are the same.
 */
export function withKept(form: Sections, posted: Posted, kept: Posted): Posted {
  const filled: Posted = { ...posted };
  for (const { fields } of confiding(form)) {
    const secrets = fields.filter(isSecret);
    const anew = secrets.some(({ name }) => isGiven(posted[name]));
    const elsewhere = fields.some(
      ({ name }) => whoAndWhere.test(name) && plain(posted[name]) !== plain(kept[name]),
    );
    if (anew || elsewhere) continue;
    for (const { name } of secrets) if (isGiven(kept[name])) filled[name] = kept[name]!;
  }
  return filled;
}

/** What is no secret is filled in again; the form says of the rest that it is kept. */
export function formWithKept<F extends Sections>(form: F, kept: Posted): { form: F; typed: Posted } {
  const isKept = (field: Field) => isSecret(field) && isGiven(kept[field.name]);
  const sections = form.sections.map((section) => ({
    ...section,
    fields: section.fields.map((field) =>
      isKept(field) ? { ...field, required: false, help: keptHelp } : field,
    ),
  }));
  const shown = form.sections.flatMap(({ fields }) => fields.filter((field) => !isSecret(field)));
  const typed = shown.flatMap(({ name }) => (isGiven(kept[name]) ? [[name, kept[name]]] : []));
  return { form: { ...form, sections }, typed: Object.fromEntries(typed) };
}

const keptHelp =
  '保存済みです。変更する場合だけ、この区画のパスワードと鍵を入力し直してください。接続先やユーザー名を変える場合は、入力が必要です。';

/** Chapters that ask for something for the vault. */
function confiding({ sections }: Sections) {
  return sections.filter(({ fields }) => fields.some((field) => isSecret(field) || field.confided));
}

function isGiven(answer: Posted[string] | undefined): answer is Posted[string] {
  return plain(answer) !== '';
}

function plain(answer: Posted[string] | undefined): string {
  return [answer ?? ''].flat().join('\n').replace(/\r\n?/g, '\n').trim();
}
