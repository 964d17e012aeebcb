import * as z from 'zod';
import { listed, plain, typed } from './text.ts';

const sentence = 'サーバ名を「www.example.jp」の形で入力してください（「https://」や「/」は不要です）。';

/**
 * A host name or an address literal, by its syntax only: letters of any script, digits, dashes, dots; 253 in all, 63 a
 * label. What it stands for (UTS 46) and where it leads, private networks included, is decided when a connection is made.
 */
export function host() {
  return plain(300).overwrite(bare).refine(isHost, sentence);
}

/** One host name a line, at most `count`; doubles once. The value is an array. */
export function hosts(count: number) {
  return typed(count * 300)
    .transform((text) => [...new Set(listed(text).map(bare).filter(Boolean))])
    .pipe(
      z
        .array(z.string().refine(isHost, 'ドメインを1行に1つ、「example.jp」の形で入力してください。'))
        .min(1, 'ドメインを1行に1つ入力してください。')
        .max(count, `${count}件以内で入力してください。`),
    );
}

export function isHost(text: string): boolean {
  if (/^[0-9a-f:.]{2,45}$/i.test(text) && text.split(':').length > 2) return true;
  const labels = text.split('.');
  return (
    text.length <= 253 &&
    labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}ー_-]{0,61}[\p{L}\p{N}\p{M}ー])?$/u.test(label))
  );
}

/** Novices paste addresses of pages: scheme, path and a final dot go. */
function bare(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^[a-z]{2,8}:\/\//, '')
    .replace(/\/.*$/s, '')
    .replace(/\.$/, '');
}
