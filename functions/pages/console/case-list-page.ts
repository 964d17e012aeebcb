import type { Actor } from '../../case/case.ts';
import type { Person } from '../../case/identity.ts';
import type { CaseSummary } from '../../case/ports.ts';
import { actorNames, momentText, stageNames } from '../../case/wording.ts';
import { type Html, html, safeHref, trusted } from '../markup.ts';
import type { Site } from '../site.ts';
import { consolePage, consolePaths } from './shell.ts';

export interface CaseListView {
  site: Site;
  person: Person;
  cases: readonly CaseSummary[];
  /** Whose turn it is; all, without it. */
  waitingFor?: Actor;
  /** A reference that was looked for. */
  search?: string;
  /** Searched, and there is none. */
  notFound?: boolean;
  /** The `next` of the list: opens the following page. */
  next?: string;
  /** What waits for the person who looks: shown first, where all is listed. */
  mine?: readonly CaseSummary[];
  now: string;
}

const filters = ['customer', 'staff', 'engineer', 'finance', 'system'] as const;

export function caseListPage(view: CaseListView): string {
  const { cases, waitingFor, search, notFound, next, now } = view;
  return consolePage({
    site: view.site,
    person: view.person,
    title: '案件一覧',
    at: 'cases',
    body: html`<div class="bar"><h1>案件一覧</h1>
<form method="get" action="${consolePaths.cases}" role="search" class="search"><label class="unseen" for="search">受付番号で探す</label>
<input type="search" id="search" name="reference" placeholder="受付番号（HK-…）" value="${search ?? ''}" autocomplete="off"><button type="submit">探す</button></form></div>
${notFound && html`<p class="note care" role="status">受付番号「${search}」の案件は見つかりませんでした。</p>`}
<nav class="bar" aria-label="対応する人で絞り込む"><ul class="tabs">${[undefined, ...filters].map(
      (actor) =>
        html`<li><a href="${listHref(actor)}"${actor === waitingFor && trusted(' aria-current="page"')}>${actor ? actorNames[actor] : 'すべて'}${actor === view.person.role && '（あなた）'}</a></li>`,
    )}</ul></nav>
${view.mine && mineView(view.mine, now)}
${view.mine && html`<h2>すべての案件</h2>`}
${cases.length === 0 ? html`<p class="card">該当する案件はありません。</p>` : table(cases, now)}
${next && html`<p class="send"><a class="button" href="${listHref(waitingFor, next)}">次のページ</a></p>`}`,
  });
}

function listHref(waitingFor: Actor | undefined, after?: string): string {
  const query = new URLSearchParams();
  if (waitingFor) query.set('waitingFor', waitingFor);
  if (after) query.set('after', after);
  return safeHref(query.size > 0 ? `${consolePaths.cases}?${query}` : consolePaths.cases);
}

function mineView(mine: readonly CaseSummary[], now: string): Html {
  if (mine.length === 0) return html`<p class="note good">あなたの対応を待っている案件はありません。</p>`;
  return html`<section aria-labelledby="mine"><h2 id="mine">あなたの対応待ち（${mine.length}件${mine.length === 20 && '以上'}）</h2>${table(mine, now)}</section>`;
}

function table(cases: readonly CaseSummary[], now: string): Html {
  return html`<table class="list"><caption class="unseen">案件（更新の新しい順）</caption>
<thead><tr><th scope="col">受付番号</th><th scope="col">お客さま</th><th scope="col">段階</th><th scope="col">対応する人</th><th scope="col">期限</th><th scope="col">更新</th></tr></thead>
<tbody>${cases.map((one) => {
    const overdue = one.dueAt !== undefined && one.dueAt < now;
    return html`<tr class="${overdue ? 'overdue' : 'plain'}"><td data-label="受付番号"><a class="figures nowrap" href="${consolePaths.case(one.id)}">${one.id}</a></td>
<td data-label="お客さま">${one.company}</td><td data-label="段階">${stageNames[one.stage]}</td>
<td data-label="対応する人"><span class="badge ${one.waitingFor}">${actorNames[one.waitingFor]}</span></td>
<td data-label="期限"><span>${one.dueAt ? momentText(one.dueAt) : '―'}${overdue && html` <span class="late">期限超過</span>`}</span></td>
<td data-label="更新">${momentText(one.updatedAt)}</td></tr>`;
  })}</tbody></table>`;
}
