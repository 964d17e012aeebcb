import { bytesText, momentText } from '../../case/wording.ts';
import { page } from '../layout.ts';
import { type Html, html, safeHref, trusted } from '../markup.ts';
import type { Site } from '../site.ts';

export interface MailLine {
  href: string;
  at: string;
  to: string;
  subject: string;
  attachments: number;
}

export interface MailboxView {
  site: Site;
  /** Latest first. */
  mails: readonly MailLine[];
}

/** The local product's mailbox: what would have gone out. */
export function mailboxPage({ site, mails }: MailboxView): string {
  return page({
    title: '送信メール',
    site,
    home: '/',
    body: html`<h1>送信メール</h1><p class="note info">手元での確認用です。実際には送信されません。</p>
${
  mails.length === 0
    ? html`<p class="card">メールはまだありません。</p>`
    : html`<table class="list"><thead><tr><th scope="col">件名</th><th scope="col">宛先</th><th scope="col">日時</th><th scope="col">添付</th></tr></thead>
<tbody>${mails.map(
        (mail) =>
          html`<tr><td><a href="${safeHref(mail.href)}">${mail.subject}</a></td><td data-label="宛先">${mail.to}</td><td data-label="日時">${momentText(mail.at)}</td><td data-label="添付">${mail.attachments > 0 ? `${mail.attachments}件` : '―'}</td></tr>`,
      )}</tbody></table>`
}`,
  });
}

export interface MailView {
  site: Site;
  at: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  attachments: readonly { filename: string; href: string; bytes: number }[];
  backHref: string;
}

/** One mail, as text with its links to press, and as it looks. Serve with mailPageHeaders. */
export function mailPage(mail: MailView): string {
  return page({
    title: mail.subject,
    site: mail.site,
    home: mail.backHref,
    body: html`<p><a href="${safeHref(mail.backHref)}">送信メールの一覧</a></p><h1>${mail.subject}</h1>
<dl class="answers card"><div><dt>宛先</dt><dd>${mail.to}</dd></div><div><dt>日時</dt><dd>${momentText(mail.at)}</dd></div>${
      mail.attachments.length > 0 &&
      html`<div><dt>添付</dt><dd>${mail.attachments.map(
        ({ filename, href, bytes }) =>
          html`<a href="${safeHref(href)}" download>${filename}</a>（${bytesText(bytes)}）<br>`,
      )}</dd></div>`
    }</dl>
<section class="card"><h2>本文（テキスト）</h2><p class="mail-text">${linked(mail.text)}</p></section>
<section class="card"><h2>本文（HTML）</h2><iframe title="メールの本文" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${`<base target="_blank">${mail.html}`}"></iframe></section>`,
  });
}

/** Addresses become links; everything else stays text. */
function linked(text: string): Html {
  return html`${text
    .split(/(https?:\/\/[^\s<>"'（）「」、。]+)/)
    .map((part, index) =>
      index % 2 === 1
        ? html`<a href="${safeHref(part)}" rel="noreferrer">${part}</a>`
        : html`${part}${trusted('')}`,
    )}`;
}
