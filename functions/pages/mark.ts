import { trusted } from './markup.ts';

const box = `<path fill="#c49a62" d="M6 14h24v17a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2z"/><path fill="#d9b98c" d="M4 8h28v7H4z"/>\
<path fill="#f6ead9" d="M15 8h6v7h-6z"/><path fill="none" stroke="#173a5a" stroke-width="2.6" stroke-linecap="round" \
stroke-linejoin="round" d="M11 24h13m-4.5-4.5L24 24l-4.5 4.5"/>`;

/** A moving box with an arrow: the product's sign, drawn here so that no page loads a picture. */
export const mark = trusted(`<svg viewBox="0 0 36 36" aria-hidden="true" focusable="false">${box}</svg>`);

export const icon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36">${box}</svg>`,
)}`;
