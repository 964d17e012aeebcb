import type { AnswerSection } from '../case/answers.ts';
import { type Html, html, lines } from './markup.ts';

export function answersView(sections: readonly AnswerSection[]): Html {
  return html`${sections.map(
    ({ title, answers }) => html`<h3>${title}</h3>
<dl class="answers">${answers.map(
      ({ label, value }) => html`<div><dt>${label}</dt><dd>${lines(value)}</dd></div>`,
    )}</dl>`,
  )}`;
}
