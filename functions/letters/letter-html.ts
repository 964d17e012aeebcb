import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Block } from './letter.ts';
import { oneLine, plain } from './letter-text.ts';

/** Mail programs drop stylesheets, so each element carries its own; tables and scripts, pictures and trackers there are none. */
const sans = "font-family:'Hiragino Sans','Yu Gothic',Meiryo,'Noto Sans JP',sans-serif;";
const styles = {
  body: `margin:0;padding:0;background:#f5f1ea;color:#1f2a36;${sans}font-size:16px;line-height:1.75;`,
  sheet: 'max-width:600px;margin:0 auto;background:#ffffff;border-top:8px solid #c49a62;padding:24px 20px;',
  brand: 'margin:0 0 20px;font-size:14px;color:#55606c;',
  paragraph: 'margin:0 0 16px;white-space:pre-line;',
  facts: 'margin:0 0 16px;padding:4px 16px;background:#f5f1ea;border-radius:8px;',
  fact: 'margin:8px 0;white-space:pre-line;',
  title: 'margin:16px 0 4px;font-size:16px;font-weight:bold;',
  list: 'margin:0 0 16px;padding-left:20px;',
  quoted:
    'margin:0 0 16px;padding:8px 16px;border-left:4px solid #c98a00;background:#fff5dc;white-space:pre-line;',
  button:
    'display:inline-block;background:#1f4e79;color:#ffffff;font-weight:bold;text-decoration:none;padding:14px 28px;border-radius:10px;',
  address: 'margin:8px 0 16px;font-size:13px;color:#55606c;word-break:break-all;',
} as const;

export function toHtml(subject: string, blocks: readonly Block[], issuer: string): string {
  return String(html`<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="format-detection" content="telephone=no"><title>${subject}</title></head>
<body style="${styles.body}"><div style="${styles.sheet}">
<p style="${styles.brand}">${issuer} データ移行支援</p>
${blocks.map(blockHtml)}
</div></body></html>
`);
}

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

function blockHtml(block: Block): Html {
  switch (block.kind) {
    case 'paragraph':
      return html`<p style="${styles.paragraph}">${plain(block.text)}</p>\n`;
    case 'facts':
      return html`<div style="${styles.facts}">${block.rows.map(
        ({ label, value }) =>
          html`<p style="${styles.fact}"><span style="font-size:13px;color:#55606c;">${plain(label)}</span><br>${plain(value)}</p>`,
      )}</div>\n`;
    case 'list':
      return html`${block.title && html`<p style="${styles.title}">${plain(block.title)}</p>`}<ul style="${styles.list}">${block.items.map(
        (item) => html`<li style="white-space:pre-line;">${plain(item)}</li>`,
      )}</ul>\n`;
    case 'quoted':
      return html`<p style="${styles.title}">${plain(block.title)}</p><p style="${styles.quoted}">${plain(block.text)}</p>\n`;
    case 'link': {
      const href = /^https?:\/\//i.test(block.href) ? oneLine(block.href, 2000) : '#';
      return html`<p style="margin:20px 0 0;"><a href="${href}" style="${styles.button}">${block.label}</a></p>
<p style="${styles.address}">ボタンを押せない場合は、次のアドレスを開いてください。<br>${href}</p>\n`;
    }
  }
}
