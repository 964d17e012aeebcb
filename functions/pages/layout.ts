import { icon, mark } from './mark.ts';
import { type Html, html, safeHref, trusted } from './markup.ts';
import type { Site } from './site.ts';
import { stylesheet } from './style.ts';

const style = trusted(`<style>${stylesheet}</style>`);

export interface Layout {
  /** Of the window; the form's or the case's own. An error goes in front of it, so that it is read out first. */
  title: string;
  site: Site;
  body: Html;
  /** Links of the console; none on the pages of customers. */
  nav?: Html;
  /** Where the sign of the house leads; nowhere on the pages of customers, whose way is their link. */
  home?: string;
  narrow?: boolean;
  refresh?: Refresh;
}

/** The page is opened again by itself, at a path of ours. */
export interface Refresh {
  seconds: number;
  to: string;
}

/** A whole page. Works without scripts, at any width, and loads nothing. */
export function page({ title, site, body, nav, home, narrow, refresh }: Layout): string {
  const brand = html`${mark}<span><small>${site.issuer}</small>データ移行支援</span>`;
  return html`<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
${refresh && html`<meta http-equiv="refresh" content="${refresh.seconds}; url=${safeHref(refresh.to)}">`}
<title>${title} | データ移行支援 ${site.issuer}</title>
<link rel="icon" href="${icon}">
${style}
</head>
<body>
<a class="skip" href="#main">本文へ</a>
<header class="masthead"><div>${
    home
      ? html`<a class="brand" href="${safeHref(home)}">${brand}</a>`
      : html`<span class="brand">${brand}</span>`
  }${nav}</div></header>
${site.sample && html`<div class="sample" role="note">見本の設定で動作しています。金額・文書・連絡先は実際のものではありません。</div>`}
<main id="main"${narrow && trusted(' class="narrow"')}>
${body}
</main>
${footer(site)}
</body>
</html>
`.toString();
}

function footer(site: Site): Html {
  return html`<footer class="foot"><div>
<p><strong>サポート・お問い合わせ</strong></p>
${site.support.map(
  ({ title, chapter, phone, hours }) =>
    html`<p>${title}「${chapter}」をご確認ください。お電話: <a href="${telephone(phone)}" class="nowrap">${phone}</a>（${hours}）</p>`,
)}
<p>環境調査と移行作業は、${site.partner.name}が行います。</p>
<p>${site.issuer}</p>
</div></footer>`;
}

/** `tel:` with the digits alone. */
export function telephone(phone: string): string {
  return `tel:${phone.normalize('NFKC').replace(/[^\d+]/g, '')}`;
}
