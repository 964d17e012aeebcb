import type { Person } from '../../case/identity.ts';
import type { FixSeverity } from '../../case/web-fixes/effort.ts';
import { type FixRule, fixRules } from '../../case/web-fixes/rules.ts';
import { grouped } from '../../case/wording.ts';
import { type Html, html, safeHref } from '../markup.ts';
import type { Site } from '../site.ts';
import { severityBadge } from './case-parts.ts';
import { fixesPath } from './fixes-page.ts';
import { consolePage, consolePaths } from './shell.ts';

export interface ShownFinding {
  /** `path/to/file.php:12`, of a stranger's making. */
  place: string;
  rule: FixRule;
  severity: FixSeverity;
  about?: string;
  excerpt?: string;
  hours: number;
  automatic: boolean;
}

export interface FindingsView {
  site: Site;
  person: Person;
  reference: string;
  company: string;
  findings: readonly ShownFinding[];
  /** From 1. */
  page: number;
  pages: number;
  total: number;
}

/** The places themselves, gravest first, with the line of the file while the customer's data is still there. */
export function findingsPage({
  site,
  person,
  reference,
  company,
  findings,
  page,
  pages,
  total,
}: FindingsView): string {
  const here = `${fixesPath(reference)}/findings`;
  return consolePage({
    site,
    person,
    title: `修正箇所の一覧 ${reference}`,
    body: html`<h1>修正箇所の一覧</h1><p><a href="${consolePaths.case(reference)}"><span class="figures">${reference}</span> ${company}</a>・<a href="${fixesPath(reference)}">Web データの修正箇所</a></p>
<p>全${grouped(total)}件、重要なものから順に表示しています（${page} / ${Math.max(1, pages)} ページ）。行の内容は、パスワードなどを伏せています。</p>
${findings.length === 0 ? html`<p class="card">表示する箇所はありません。</p>` : table(findings)}
${pager(here, page, pages)}`,
  });
}

function table(findings: readonly ShownFinding[]): Html {
  return html`<table class="list findings"><thead><tr><th scope="col">場所</th><th scope="col">重要度</th><th scope="col">内容</th><th scope="col">対応</th></tr></thead>
<tbody>${findings.map(
    ({ place, rule, severity, about, excerpt, automatic }) =>
      html`<tr><td><bdi class="figures">${place}</bdi>${excerpt && html`<code class="excerpt"><bdi>${excerpt}</bdi></code>`}</td>
<td data-label="重要度">${severityBadge(severity)}</td><td data-label="内容"><span>${fixRules[rule].title}${about && html`<br><bdi class="soft">${about}</bdi>`}</span></td>
<td data-label="対応"><span>${fixRules[rule].remedy}${automatic && html` <span class="badge plain">自動修正あり</span>`}</span></td></tr>`,
  )}</tbody></table>`;
}

export function pager(path: string, page: number, pages: number): Html | false {
  if (pages <= 1) return false;
  const at = (number: number, label: string) =>
    html`<a class="button" href="${safeHref(`${path}?page=${number}`)}">${label}</a>`;
  return html`<nav class="send" aria-label="ページ">${page > 1 && at(page - 1, '前のページ')} ${page < pages && at(page + 1, '次のページ')}</nav>`;
}
