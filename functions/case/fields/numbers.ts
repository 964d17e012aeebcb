import * as z from 'zod';
import { missing, plain } from './text.ts';

/** People write as they speak. */
const about = /^(?:約|およそ|だいたい)\s*/;
const counted = /\s*(?:個|件|つ|名|人|日|時間)$/;

/** A whole number; full-width digits, commas between thousands and what is counted (`約3個`) are accepted. */
export function integer(min: number, max: number) {
  return plain(40)
    .overwrite((text) => withoutCommas(text.replace(about, '').replace(counted, '')))
    .regex(/^\d{1,15}$/, { message: '整数で入力してください。例：10', abort: true })
    .transform(Number)
    .pipe(between(min, max));
}

/** A number with up to two decimals: gigabytes, hours. */
export function decimal(min: number, max: number, example = '1.5') {
  const message = `数字で入力してください（小数は2桁まで）。例：${example}`;
  return plain(40)
    .overwrite(withoutCommas)
    .regex(/^\d{1,12}(?:\.\d{1,2})?$/, { message, abort: true })
    .transform(Number)
    .pipe(between(min, max));
}

/** A size in gigabytes. `GB` or `ギガ` may be typed along; megabytes are turned into gigabytes, rounded up to 0.01. */
export function gigabytes(max: number) {
  return z
    .string(missing)
    .max(40, { message: '40文字以内で入力してください。', abort: true })
    .transform((text) => toGigabytes(text.normalize('NFKC').trim()))
    .pipe(decimal(0, max, '1.5、800MB'));
}

function toGigabytes(text: string): string {
  const bare = text.replace(about, '');
  const match = /^([\d,]+(?:\.\d+)?)\s*(?:([GMT])B?|(ギガ|メガ|テラ)(?:バイト)?)$/i.exec(bare);
  if (!match) return bare;
  const amount = Number(match[1]!.replaceAll(',', ''));
  const unit = (match[2] ?? match[3])!.toUpperCase();
  const inGigabytes = 'Tテラ'.includes(unit)
    ? amount * 1024
    : 'Mメガ'.includes(unit)
      ? amount / 1024
      : amount;
  return String(Math.ceil(Number((inGigabytes * 100).toFixed(6))) / 100);
}

function withoutCommas(text: string): string {
  return /^\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(text) ? text.replaceAll(',', '') : text;
}

function between(min: number, max: number) {
  const sentence = `${min.toLocaleString('en-US')}以上${max.toLocaleString('en-US')}以下で入力してください。`;
  return z.number().min(min, sentence).max(max, sentence);
}
