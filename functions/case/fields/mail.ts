import { listed, typed } from './text.ts';

const sentence = 'メールアドレスを一つだけ、「name@example.jp」の形で入力してください。';

/**
 * Exactly one ASCII addr-spec of RFC 5322 (dot-atom at host name), at most 254 characters: no display name, list, comment,
 * quoted string, angle or line break, so that nothing can become a second recipient (threats.md, row 5). NFKC first:
 * full-width letters are common.
 */
export function mail() {
  return typed(1000)
    .overwrite((text) => text.normalize('NFKC').replace(/^ +| +$/g, ''))
    .max(254, { message: '254文字以内で入力してください。', abort: true })
    .refine(isAddress, sentence);
}

/** One address a line, at most `count`; doubles once. What divides them may be what phones offer. The value is an array. */
export function mails(count: number) {
  return typed(count * 300)
    .transform((text) => [...new Set(listedAddresses(text))])
    .superRefine((addresses, context) => {
      // By its place: what stands beside an address may be its password.
      const wrong = addresses.findIndex((address) => address.length > 254 || !isAddress(address));
      if (wrong >= 0) {
        const message = `${wrong + 1}件目が、メールアドレスの形ではありません。1行に1つ、「name@example.jp」の形で、アドレスだけを入力してください。`;
        context.addIssue({ code: 'custom', message });
      } else if (addresses.length > count) {
        context.addIssue({ code: 'custom', message: `${count}件以内で入力してください。` });
      }
    });
}

export function listedAddresses(text: string): string[] {
  return listed(text, /[\s,;、]+/);
}

export function isAddress(text: string): boolean {
  const [local = '', domain = '', ...more] = text.split('@');
  if (more.length > 0 || local.length > 64) return false;
  const labels = domain.split('.');
  return (
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local) &&
    labels.length > 1 &&
    labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
    /[A-Za-z]/.test(labels.at(-1) ?? '')
  );
}
