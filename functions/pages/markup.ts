import { raw, html as tagged } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString;
export type Content = string | number | Html | false | null | undefined | readonly Content[];

/** Escapes whatever is not Html already. Narrower than Hono's: no promise and no stray object gets into a page. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  return tagged(strings, ...values) as Html;
}

/** Text that was written in this repository, and never by a person outside. */
export function trusted(markup: string): Html {
  return raw(markup) as Html;
}

/**
 * A link that stays with us or goes to mail, telephone or http(s); anything else (`javascript:`, `data:`,
 * a host hidden behind `//`) becomes `#`.
 */
export function safeHref(href: string): string {
  // Browsers drop these signs before they look for a scheme.
  const seen = href.replace(/[\p{Cc}\s]/gu, '');
  if (/^(https?:\/\/|mailto:|tel:)/i.test(seen)) return seen;
  if (/^[/\\]{2}|^[/?#]?[\\]/.test(seen)) return '#';
  return /^[/?#]/.test(seen) || /^[\w.~%-]+([/?#]|$)/.test(seen) ? seen : '#';
}

/** Line breaks as typed. */
export function lines(text: string): Html {
  return html`<span class="as-typed">${text}</span>`;
}
