import { plain } from './text.ts';

/** Where a page is, `https://…` or `http://…`; without a user's name and password. */
export function webAddress() {
  return plain(500).refine(
    isWebAddress,
    '「https://www.example.jp/」の形で入力してください（ユーザー名やパスワードは含めないでください）。',
  );
}

function isWebAddress(text: string): boolean {
  if (/[\s<>"\\]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && hostname.includes('.');
}
