import type { Person } from '../../case/identity.ts';
import { grouped } from '../../case/wording.ts';
import { type Html, html } from '../markup.ts';
import type { Site } from '../site.ts';
import { pager } from './findings-page.ts';
import { fixesPath } from './fixes-page.ts';
import { consolePage, consolePaths } from './shell.ts';

/** What would be done to a file; its name and its lines are a stranger's. */
export interface ShownDiff {
  /** Posted for it: which file, and which difference. */
  value: string;
  name: string;
  /** What is fixed, in words. */
  fixes: readonly string[];
  hunks: readonly {
    from: number;
    count: number;
    lines: readonly { sign: ' ' | '-' | '+'; text: string }[];
  }[];
  /** By whom, when this very difference is approved already. */
  approvedBy?: string;
}

export interface DiffsView {
  site: Site;
  person: Person;
  reference: string;
  company: string;
  scan: number;
  diffs: readonly ShownDiff[];
  /** From 1. */
  page: number;
  pages: number;
  total: number;
  /** Files that are approved. */
  approved: number;
  message?: string;
  problem?: string;
}

/** Every difference that an ordered fix makes, to be approved file by file (R9). Nothing is ticked beforehand. */
export function fixDiffsPage(view: DiffsView): string {
  const { reference, company, diffs, page, pages, total } = view;
  const open = diffs.filter(({ approvedBy }) => approvedBy === undefined);
  const here = `${fixesPath(reference)}/diffs`;
  return consolePage({
    site: view.site,
    person: view.person,
    title: `${view.problem ? 'エラー: ' : ''}修正の承認 ${reference}`,
    body: html`<h1>修正の承認</h1><p><a href="${consolePaths.case(reference)}"><span class="figures">${reference}</span> ${company}</a>・<a href="${fixesPath(reference)}">Web データの修正箇所</a></p>
${view.message && html`<p class="note good" role="status">${view.message}</p>`}
${view.problem && html`<p class="note bad" role="alert">${view.problem}</p>`}
<p>ご注文済みの修正のうち、自動で直せるものです。承認したファイルだけ、移行のときに移行先へ写すものを直します。移行元は変更しません。承認の後に移行元で変わったファイルは、直さずに移し、お知らせします。</p>
<p class="soft">全${grouped(total)}ファイル、承認済み ${grouped(view.approved)}ファイル（${page} / ${Math.max(1, pages)} ページ）。パスワードは伏せています。</p>
${diffs.length === 0 && html`<p class="card">自動で直せる箇所はありません。</p>`}
<form method="post" action="${here}?page=${page}"><input type="hidden" name="scan" value="${view.scan}">
${diffs.map((diff, index) => fileDiff(diff, index))}
${open.map(({ value }) => html`<input type="hidden" name="shown" value="${value}">`)}
${open.length > 1 && html`<label class="choice"><input type="checkbox" name="all" value="yes"><span>このページのすべての差分を確認し、まとめて承認する</span></label>`}
${diffs.length > 0 && html`<p class="send"><button class="main" type="submit">選んだ内容で記録する</button></p>`}</form>
${pager(here, page, pages)}`,
  });
}

function fileDiff({ value, name, fixes, hunks, approvedBy }: ShownDiff, index: number): Html {
  const id = `file-${index + 1}`;
  return html`<section class="card" aria-labelledby="${id}"><h2 id="${id}" class="figures"><bdi>${name}</bdi></h2>
<p>${fixes.map((title) => html`<span class="badge plain">${title}</span> `)}</p>
<pre class="diff" tabindex="0" aria-label="差分">${hunks.map(
    ({ from, count, lines }) =>
      html`<span class="at">@@ -${from},${count} +${from},${count} @@</span>${lines.map(({ sign, text }) => html`<span class="${classes[sign]}">${sign}<bdi>${text}</bdi></span>`)}`,
  )}</pre>
${
  approvedBy === undefined
    ? html`<label class="choice"><input type="checkbox" name="file" value="${value}"><span>この差分を承認する</span></label>`
    : html`<p><span class="badge good">承認済み</span> <span class="soft">${approvedBy}</span></p><label class="choice"><input type="checkbox" name="withdraw" value="${value}"><span>承認を取り消す</span></label>`
}</section>`;
}

const classes = { ' ': 'same', '-': 'old', '+': 'new' } as const;
