import type { Person, Role } from '../../case/identity.ts';
import { page, type Refresh } from '../layout.ts';
import { type Html, html, trusted } from '../markup.ts';
import type { Site } from '../site.ts';

/** Where the console's pages are. The handlers route by the same table. */
export const consolePaths = {
  signIn: '/console/sign-in',
  signOut: '/console/sign-out',
  cases: '/console/cases',
  newCase: '/console/cases/new',
  invoices: '/console/invoices',
  invoicesCsv: '/console/invoices.csv',
  case: (reference: string) => `/console/cases/${encodeURIComponent(reference)}`,
  /** What one run of a plan moves. */
  transfer: (reference: string, plan: string, run: number) =>
    `/console/cases/${encodeURIComponent(reference)}/transfers/${plan}/${run}`,
} as const;

export const roleNames: Record<Role, string> = {
  staff: '受付担当',
  engineer: '技術担当',
  finance: '経理担当',
};

export interface Shell {
  site: Site;
  person: Person;
  title: string;
  at?: 'cases' | 'new-case' | 'invoices';
  body: Html;
  /** Looks again by itself: only where nothing can be half typed. */
  refresh?: Refresh;
}

/** A page for people who are signed in: what their role may open, who they are, the way out. */
export function consolePage({ site, person, title, at, body, refresh }: Shell): string {
  const links: [Shell['at'], string, string, boolean][] = [
    ['cases', consolePaths.cases, '案件一覧', true],
    ['new-case', consolePaths.newCase, '新しい案件', person.role === 'staff'],
    ['invoices', consolePaths.invoices, '請求一覧', person.role !== 'engineer'],
  ];
  return page({
    title,
    site,
    home: consolePaths.cases,
    ...(refresh && { refresh }),
    nav: html`<nav aria-label="メニュー">${links.map(
      ([name, href, label, shown]) =>
        shown && html`<a href="${href}"${name === at && trusted(' aria-current="page"')}>${label}</a>`,
    )}<span class="soft">${roleNames[person.role]} ${person.name}</span>
<form method="post" action="${consolePaths.signOut}"><button type="submit" class="quiet">サインアウト</button></form></nav>`,
    body,
  });
}
