import { type CustomerFlow, flowSteps } from './flow-steps.ts';
import { type Html, html, trusted } from './markup.ts';

/** A way with stations. `at` counts from 0; stations before it are done. A phone shows the numbers and the name of the present one. */
export function route(title: string, steps: readonly string[], at: number): Html {
  const now = Math.min(Math.max(at, 0), steps.length - 1);
  return html`<nav aria-label="${title}">
<p class="here soft">${title} <strong class="nowrap">${now + 1} / ${steps.length}</strong> ${steps[now]}</p>
<ol class="route">${steps.map(
    (step, index) =>
      html`<li${index < now ? trusted(' class="done"') : index === now && trusted(' aria-current="step"')}><b aria-hidden="true">${
        index < now ? '✓' : index + 1
      }</b><span>${step}${index < now && html`<span class="unseen">(完了)</span>`}</span></li>`,
  )}</ol>
</nav>`;
}

export function flowRoute({ flow, step }: { flow: CustomerFlow; step: number }): Html {
  return route(flowSteps[flow].title, flowSteps[flow].steps, step);
}
