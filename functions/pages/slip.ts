import { momentText } from '../case/wording.ts';
import { type Content, type Html, html } from './markup.ts';

export interface Slip {
  /** The case's reference. */
  reference: string;
  company: string;
  person?: string;
  dueAt?: string;
  more?: readonly { label: string; value: Content }[];
}

/** The slip on the box: whose move it is, its number, by when. */
export function slip({ reference, company, person, dueAt, more = [] }: Slip): Html {
  return html`<section class="slip" aria-label="お手続きの情報">
<h2>受付票</h2>
<dl>
<div><dt>受付番号</dt><dd class="reference">${reference}</dd></div>
<div><dt>お客さま</dt><dd>${company}${company && person && html`<br>`}${person && `${person} 様`}</dd></div>
${dueAt && html`<div class="wide"><dt>ご提出期限</dt><dd class="due"><time datetime="${dueAt}">${momentText(dueAt)}まで</time> <span class="soft nowrap">（日本時間）</span></dd></div>`}
${more.map(({ label, value }) => html`<div class="wide"><dt>${label}</dt><dd>${value}</dd></div>`)}
</dl>
</section>`;
}
