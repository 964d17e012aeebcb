import { type Role, roles } from '../../case/identity.ts';
import { page } from '../layout.ts';
import { html } from '../markup.ts';
import type { Site } from '../site.ts';
import { consolePaths, roleNames } from './shell.ts';

const duties: Record<Role, string> = {
  staff: '受付、書類の確認、お見積もり、期限の管理',
  engineer: '環境調査、移行作業、検収書の確認',
  finance: '検収完了後のご請求',
};

/** The local product's sign-in: a choice of role, no password. In the cloud the company's own sign-in takes its place. */
export function signInPage({ site, to }: { site: Site; to?: string }): string {
  return page({
    title: 'サインイン',
    site,
    narrow: true,
    body: html`<h1>サインイン</h1>
<p class="note care">このサインインは、手元での確認用です。パスワードはありません。</p>
${roles.map(
  (role) => html`<form method="post" action="${consolePaths.signIn}" class="card bar">
${to && html`<input type="hidden" name="to" value="${to}">`}<input type="hidden" name="role" value="${role}">
<div><h2>${roleNames[role]}</h2><p class="soft">${duties[role]}</p></div>
<button type="submit">${roleNames[role]}として入る</button></form>`,
)}`,
  });
}
