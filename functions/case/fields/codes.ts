import { plain, plainDashes } from './text.ts';

/** The number of a hosting contract: letters, digits and dashes, upper case, 4 to 32. */
export function contractNumber() {
  return plain(64)
    .overwrite((text) => plainDashes(text).replace(/\s/g, '').toUpperCase())
    .regex(
      /^[A-Z0-9](?:[A-Z0-9-]{2,30})[A-Z0-9]$/,
      '契約番号を英数字で入力してください（ご契約時の書類に記載があります）。',
    );
}

/** 登録番号 of a qualified invoice issuer. Only a corporation's 13 digits carry a check digit, so it is not asked for. */
export function registrationNumber() {
  return plain(40)
    .overwrite((text) => plainDashes(text).replace(/[\s-]/g, '').toUpperCase())
    .regex(/^T\d{13}$/, '登録番号を「T」と13桁の数字で入力してください。');
}

/** 法人番号: 13 digits, the first of which checks the rest. */
export function corporateNumber() {
  return plain(40)
    .overwrite((text) => plainDashes(text).replace(/[\s-]/g, ''))
    .regex(/^\d{13}$/, { message: '法人番号を13桁の数字で入力してください。', abort: true })
    .refine(
      (digits) => digits[0] === String(corporateCheckDigit(digits.slice(1))),
      '法人番号に誤りがあります。番号をお確かめください。',
    );
}

/** `9 - (sum(Pn*Qn) mod 9)`, Pn the digits from the right, Qn 1 and 2 in turn (法人番号の指定に関する省令 2条). */
export function corporateCheckDigit(twelve: string): number {
  let sum = 0;
  for (let n = 1; n <= 12; n += 1) sum += Number(twelve[12 - n]) * (n % 2 === 1 ? 1 : 2);
  return 9 - (sum % 9);
}
