import * as z from 'zod';
import { missing, plain } from './text.ts';

/** A whole number; full-width digits and commas between thousands are accepted. */
export function integer(min: number, max: number) {
  return plain(40)
    .overwrite((text) => (/^\d{1,3}(?:,\d{3})+$/.test(text) ? text.replaceAll(',', '') : text))
    .regex(/^\d{1,15}$/, { message: '整数で入力してください。', abort: true })
    .transform(Number)
    .pipe(between(min, max));
}

/** A number with up to two decimals: gigabytes, hours. */
export function decimal(min: number, max: number) {
  return plain(40)
    .overwrite((text) => (/^\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(text) ? text.replaceAll(',', '') : text))
    .regex(/^\d{1,12}(?:\.\d{1,2})?$/, { message: '数字で入力してください（小数は2桁まで）。', abort: true })
    .transform(Number)
    .pipe(between(min, max));
}

/** A size in gigabytes. `GB` may be typed along; megabytes are turned into gigabytes, rounded up to 0.01. */
export function gigabytes(max: number) {
  return z
    .string(missing)
    .max(40, { message: '40文字以内で入力してください。', abort: true })
    .transform((text) => toGigabytes(text.normalize('NFKC').trim()))
    .pipe(decimal(0, max));
}

function toGigabytes(text: string): string {
  const match = /^([\d,]+(?:\.\d+)?)\s*(GB?|MB?|TB?)$/i.exec(text);
  if (!match) return text;
  const amount = Number(match[1]!.replaceAll(',', ''));
  const unit = match[2]!.charAt(0).toUpperCase();
  const inGigabytes = unit === 'T' ? amount * 1024 : unit === 'M' ? amount / 1024 : amount;
  return String(Math.ceil(Number((inGigabytes * 100).toFixed(6))) / 100);
}

function between(min: number, max: number) {
  const sentence = `${min.toLocaleString('en-US')}以上${max.toLocaleString('en-US')}以下で入力してください。`;
  return z.number().min(min, sentence).max(max, sentence);
}
