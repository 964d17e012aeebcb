import * as z from 'zod';
import type { Field, Form, Section } from '../form.ts';
import type { Question } from './question.ts';

type Questions = Readonly<Record<string, Question<unknown>>>;
type Answer<Q> = Q extends Question<infer T> ? T : never;
type Optional<Q extends Questions> = { [K in keyof Q]: undefined extends Answer<Q[K]> ? K : never }[keyof Q];

/** The value of a set of questions: what may stay empty is absent, never undefined. */
export type Answers<Q extends Questions> = { [K in Exclude<keyof Q, Optional<Q>>]: Answer<Q[K]> } & {
  [K in Optional<Q>]?: Exclude<Answer<Q[K]>, undefined>;
};

export interface Group<Q extends Questions> {
  title: string;
  lead?: string;
  when?: Section['when'];
  questions: Q;
}

/** A section of a form. */
export function group<Q extends Questions>(title: string, questions: Q, lead?: string): Group<Q> {
  return { title, questions, ...(lead && { lead }) };
}

/** A section that concerns a person only while they choose `value` at `field`: its questions are read all the same. */
export function groupWhen<Q extends Questions>(
  when: NonNullable<Section['when']>,
  title: string,
  questions: Q,
  lead?: string,
): Group<Q> {
  return { ...group(title, questions, lead), when };
}

/** A section that only some cases have. Without it its questions are neither shown nor read: rules then see no answers. */
export function groupIf<Q extends Questions>(
  asked: boolean,
  title: string,
  questions: Q,
  lead?: string,
): Group<Q> {
  return asked ? group(title, questions, lead) : { title, questions: {} as Q };
}

type Together<U> = (U extends unknown ? (held: U) => void : never) extends (held: infer I) => void
  ? I
  : never;
type AnswersOf<G extends readonly Group<Questions>[]> = Together<
  { [N in keyof G]: Answers<G[N]['questions']> }[number]
>;

export interface Composition<G extends readonly Group<Questions>[]> {
  title: string;
  lead?: string;
  submit: string;
  groups: G;
  /** Rules across questions. Sees the answers that are valid by themselves, so all that is wrong is said at once. */
  rules?: (
    value: Partial<AnswersOf<G>>,
    refuse: (name: keyof AnswersOf<G> & string, sentence: string) => void,
  ) => void;
  /** Adds what follows from the answers. */
  conclude?: (value: AnswersOf<G>) => Record<string, unknown>;
}

/** Questions and rules as one form. Whatever else was posted is left out. */
export function composeForm<const G extends readonly Group<Questions>[]>(
  composition: Composition<G>,
): Form<Record<string, unknown>> {
  const { title, lead, submit, groups, rules, conclude } = composition;
  const questions = Object.assign({}, ...groups.map((one) => one.questions)) as Questions;
  const schema = z.record(z.string(), z.unknown(), '入力してください。').transform((posted, ctx) => {
    const value: Record<string, unknown> = {};
    const refused = new Map<string, string>();
    const refuse = (name: string, sentence: string) => {
      if (!refused.has(name)) refused.set(name, sentence);
    };
    for (const [name, { schema }] of Object.entries(questions)) {
      const answer = schema.safeParse(Object.hasOwn(posted, name) ? posted[name] : undefined);
      if (!answer.success) refuse(name, answer.error.issues[0]?.message ?? '入力してください。');
      else if (answer.data !== undefined) value[name] = answer.data;
    }
    rules?.(value as Partial<AnswersOf<G>>, refuse);
    for (const [name, message] of refused) ctx.addIssue({ code: 'custom', message, path: [name] });
    return refused.size > 0 ? z.NEVER : { ...value, ...conclude?.(value as AnswersOf<G>) };
  });
  return {
    title,
    submit,
    sections: groups.map(sectionOf).filter(({ fields }) => fields.length > 0),
    schema,
    ...(lead && { lead }),
  };
}

function sectionOf({ title, lead, when, questions }: Group<Questions>): Section {
  const fields = Object.entries(questions).map(([name, { field }]): Field => ({ name, ...field }));
  return { title, fields, ...(lead && { lead }), ...(when && { when }) };
}
