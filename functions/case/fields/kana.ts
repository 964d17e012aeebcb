import { plain } from './text.ts';

/** フリガナ: NFKC (half-width kana become full width), hiragana become katakana, then katakana, marks and spaces only. */
export function kana(max: number) {
  return plain(max)
    .overwrite(toKatakana)
    .max(max, `${max}文字以内で入力してください。`)
    .regex(/^[ァ-ヺヽヾー・0-9A-Za-z&.\- ]+$/, 'フリガナをカタカナで入力してください。')
    .regex(/[ァ-ヺ]/, 'フリガナをカタカナで入力してください。');
}

export function toKatakana(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[ぁ-ゖゝゞ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0x60))
    .replace(/ +/g, ' ')
    .trim();
}
