import type { Quote } from '../case/quote.ts';
import type { DocumentRevision } from '../case/settings.ts';
import { dayText, quoteNames } from '../case/wording.ts';
import { page } from './layout.ts';
import { html, safeHref } from './markup.ts';
import { quoteSheet } from './quote-view.ts';
import type { Site } from './site.ts';

export interface QuotePageView {
  site: Site;
  quote: Quote;
  pdfHref?: string;
  /** Back to the step that the quote belongs to. */
  backHref?: string;
}

/** A quote to read and print, without a step. (formPage shows a quote together with what can be done about it.) */
export function quotePage({ site, quote, pdfHref, backHref }: QuotePageView): string {
  return page({
    title: `${quoteNames[quote.kind]} ${quote.number}`,
    site,
    narrow: true,
    body: html`${quoteSheet(quote)}
<p class="row no-print">${pdfHref && html`<a class="button" href="${safeHref(pdfHref)}" download>PDFを保存</a>`}${backHref && html`<a class="button" href="${safeHref(backHref)}">お手続きに戻る</a>`}</p>`,
  });
}

export interface DocumentPageView {
  site: Site;
  document: Pick<DocumentRevision, 'title' | 'revision' | 'date' | 'body'> & { sha256: string };
}

/** One revision of a document, as it was shown (R25, R40). */
export function documentPage({ site, document }: DocumentPageView): string {
  return page({
    title: `${document.title} ${document.revision}`,
    site,
    narrow: true,
    body: html`<article class="sheet">
${site.sample && html`<div class="mark" aria-hidden="true">見本</div>`}
<h1 class="document-title">${document.title}</h1>
<p class="soft">${document.revision}（${dayText(document.date)}）</p>
${document.body.map((paragraph) => html`<p class="as-typed">${paragraph}</p>`)}
<p class="fine">内容の照合値（SHA-256） <span class="figures">${document.sha256}</span></p>
</article>`,
  });
}
