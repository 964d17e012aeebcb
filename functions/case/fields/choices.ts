import * as z from 'zod';

/** One of the values. */
export function oneOf<const V extends string>(values: readonly V[]) {
  return z.enum(values, '選んでください。');
}

/** At least one of the values, each once; one box posts a plain string. */
export function someOf<const V extends string>(values: readonly V[]) {
  return z
    .preprocess(
      (posted) => (typeof posted === 'string' ? [posted] : (posted ?? [])),
      z
        .array(z.enum(values, '選択肢から選んでください。'), '選んでください。')
        .min(1, '一つ以上選んでください。')
        .max(values.length, '同じものは一度だけ選んでください。'),
    )
    .transform((chosen) => values.filter((value) => chosen.includes(value)));
}

/** A box that must be ticked. */
export function agreed(sentence = 'ご確認のうえ、チェックを入れてください。') {
  return z.literal('yes', sentence).transform(() => true as const);
}

/** A box that may be ticked. */
export function ticked() {
  return z
    .literal('yes', '選択肢から選んでください。')
    .optional()
    .transform((value) => value === 'yes');
}

/** Nothing typed is nothing given. */
export function optional<T>(schema: z.ZodType<T>) {
  return z.preprocess(
    (posted) => (typeof posted === 'string' && posted.trim() === '' ? undefined : posted),
    schema.optional(),
  );
}
