import { plain, plainDashes } from './text.ts';

/**
 * A telephone number of Japan, or an international one with `+`. Full width, spaces, brackets and every dash are
 * accepted; kept with plain digits and the dashes that were typed.
 */
export function phone() {
  return plain(40)
    .overwrite((text) =>
      plainDashes(text)
        .replace(/\s+|[()]+/g, (sign) => (/\s/.test(sign) ? '' : '-'))
        .replace(/-+/g, '-')
        .replace(/^-|-$/g, ''),
    )
    .refine(
      (text) => /^0\d(?:-?\d){8,9}$/.test(text) || /^\+[1-9](?:-?\d){7,14}$/.test(text),
      '電話番号を、市外局番から「03-1234-5678」の形で入力してください。',
    );
}

/** `123-4567`, with or without the dash and 〒. */
export function postalCode() {
  return plain(20)
    .overwrite((text) =>
      plainDashes(text)
        .replace(/[\s〒]/g, '')
        .replace(/^(\d{3})(\d{4})$/, '$1-$2'),
    )
    .regex(/^\d{3}-\d{4}$/, '郵便番号を7桁の数字で入力してください。例：123-4567');
}
