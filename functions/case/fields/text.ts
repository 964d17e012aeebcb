import * as z from 'zod';

/** Said where nothing was typed. */
export const missing = '入力してください。';

/** Control characters, line breaks, half pairs, and the signs that turn the direction of what follows. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const unprintableButBreaks = /[^\P{Cc}\n]|[\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** What was typed, at most `max` UTF-16 units before anything else looks at it. */
export function typed(max: number) {
  return z.string(missing).max(max, { message: `${max}文字以内で入力してください。`, abort: true });
}

/** What is told one a line, or divided as phones and people do it. */
export function listed(text: string, divider = /[\s,、]+/): string[] {
  return text.normalize('NFKC').split(divider).filter(Boolean);
}

/** One line, kept as it was typed (髙, 﨑, 𠮷, ㈱), without the spaces around it. Control characters are refused. */
export function line(max: number) {
  return typed(max)
    .trim()
    .min(1, missing)
    .refine((text) => !unprintable.test(text), '使えない文字（改行や制御文字）が含まれています。');
}

/** Several lines; line ends become LF and tabs become spaces. */
export function paragraphs(max: number) {
  return typed(max)
    .overwrite((text) => text.replace(/\r\n?/g, '\n').replaceAll('\t', ' ').trim())
    .min(1, missing)
    .refine((text) => !unprintableButBreaks.test(text), '使えない文字（制御文字）が含まれています。');
}

/** `paragraphs` where nobody may leave a password (R24): what looks like one is refused. */
export function paragraphsWithoutPasswords(max: number) {
  return paragraphs(max).refine(
    (text) => !/(?:パスワード|password|passwd)[^\S\n]*[:：=＝][^\S\n]*\S/i.test(text),
    'パスワードは書かないでください。必要なときに、専用のページでお伺いします。',
  );
}

/** NFKC: full-width letters, digits and signs become their plain forms. For codes and numbers, never for names. */
export function plain(max: number) {
  return typed(max)
    .overwrite((text) => text.normalize('NFKC').trim())
    .min(1, missing);
}

/** Every dash that keyboards and word processors make, the long vowel sign included. */
export function plainDashes(text: string): string {
  return text.replace(/[\p{Pd}\u2212\u30fc\uff70\u2500]/gu, '-');
}
